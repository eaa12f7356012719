"""The eight CAM methods in PyTorch, on (positions × channels) float64 tensors; raw maps before the final relu."""
import torch


def grad_cam(a, g):
    return a @ g.mean(0)


def grad_cam_pp(a, g):
    alpha = g ** 2 / (2 * g ** 2 + a.sum(0, keepdim=True) * g ** 3 + 1e-6)
    return a @ (alpha * g.relu()).sum(0)


def hires_cam(a, g):
    return (a * g).sum(1)


def element_wise(a, g):
    return (a * g).relu().sum(1)


def layer_cam(a, g):
    return (a * g.relu()).sum(1)


def xgrad_cam(a, g):
    return a @ ((a * g).sum(0) / (a.sum(0) + 1e-7))


def principal_component(m):
    """The sign: correlates with the channel sum."""
    m = m - m.mean(0, keepdim=True)
    u, s, _ = torch.linalg.svd(m, full_matrices=False)
    component = u[:, 0] * s[0]
    return -component if component @ m.sum(1) < 0 else component


METHODS = {'grad-cam': grad_cam, 'grad-cam++': grad_cam_pp, 'hires-cam': hires_cam, 'element-wise': element_wise,
           'layer-cam': layer_cam, 'xgrad-cam': xgrad_cam, 'eigen-cam': lambda a, g: principal_component(a),
           'eigen-grad-cam': lambda a, g: principal_component(a * g)}
