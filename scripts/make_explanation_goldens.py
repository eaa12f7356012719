#!/usr/bin/python3
"""Makes tests/golden/explanation/VARIANT.json with PyTorch in float64: the methods that need more than an activation and
its gradient (Finer-CAM, saliency, Guided Grad-CAM, Score-CAM, Ablation-CAM), and the score `probability`.

    scripts/make_explanation_goldens.py [VARIANT…]          b0, b3, b5 and v2-b0: about ten minutes on one core

Weights and inputs are synthetic, as in make_goldens.py. Maps are raw, before the final relu where they have one.

  variant, classes, seed
  runs[]
    padding, epsilon, height, width, image_seed, target
    probability[]            ∂p_target/∂logit, one a class
    finer[]                  ∂(Finer-CAM's objective)/∂logit
    maps[]
      method, layer, height, width
      max, sum, values[]     as the tensors of make_goldens.py: all of a small map, else a sample of 256
"""
import json
import sys

import torch
import torch.nn.functional as F

import make_goldens
from goldens import architecture, methods, synthetic
from goldens.network import Network
from make_goldens import CLASSES, OUT, SEED, SMALL, epsilon_of, flat, picture, rounded, sampled

VARIANTS = ('b0', 'b3', 'b5', 'v2-b0')
BATCH = 16


class GuidedSilu(torch.autograd.Function):
    """Springenberg et al. 2014 on swish: a gradient passes where it and the input are positive."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return F.silu(x)

    @staticmethod
    def backward(context, gradient):
        x, = context.saved_tensors
        s = torch.sigmoid(x)
        return gradient * s * (1 + x * (1 - s)) * (gradient > 0) * (x > 0)


def entry(method, layer, values):
    """`values`: height × width."""
    return {'method': method, 'layer': layer, 'height': values.shape[0], 'width': values.shape[1],
            **sampled(values[None, None], 256)}


def forward(network, x, *layers):
    kept = {layer: None for layer in layers}
    logits = network.forward(x, kept)
    return logits, kept


def finer_seed(logits, target):
    nearest = (logits - logits[target]).abs().argsort()[1:4]
    weights = logits.softmax(0)[nearest]
    seed = torch.zeros_like(logits)
    seed[target] = 1
    seed[nearest] -= weights / weights.sum()
    return seed


def probability_seed(logits, target):
    logits = logits.detach().requires_grad_(True)
    return torch.autograd.grad(logits.softmax(0)[target], logits)[0]


def after(network, variant, layer, activation):
    """Logits from a layer's activation on."""
    if layer == 'head':
        return network.classify(activation)
    last = variant.last_block_of(int(layer.removeprefix('stage')))
    native = -(-variant.size // 2)
    for index, block in enumerate(variant.blocks):
        if index > last:
            activation = network.block(activation, index, native)
        native = -(-native // block.stride)
    return network.classify(network.head(network.head_raw(activation)))


def weighted(activation, weights):
    return (activation[0] * weights[:, None, None]).sum(0)


@torch.no_grad()
def score_cam(network, x, activation, target):
    low, high = activation.amin((2, 3), True), activation.amax((2, 3), True)
    masks = ((activation - low) / (high - low)).nan_to_num()[0][:, None]
    scores = []
    for part in masks.split(BATCH):
        large = F.interpolate(part, x.shape[2:], mode='bilinear', align_corners=False)
        scores.append(network.forward(x * large, {})[:, target])
    return weighted(activation, torch.cat(scores).softmax(0))


@torch.no_grad()
def ablation_cam(network, variant, layer, activation, target):
    score = after(network, variant, layer, activation)[0, target]
    channels = activation.shape[1]
    scores = []
    for part in (1 - torch.eye(channels, dtype=activation.dtype)).split(BATCH):
        scores.append(after(network, variant, layer, activation * part[:, :, None, None])[:, target])
    return weighted(activation, (score - torch.cat(scores)) / score.abs())


def run(variant, parameters, padding, image_seed):
    epsilon = epsilon_of(variant.id, padding)
    network = Network(variant, parameters, padding, epsilon)
    x = picture(*SMALL, image_seed)
    logits, kept = forward(network, x, 'input', 'stage5', 'head')
    target = int(logits[0].argsort()[-2])
    gradients = dict(zip(kept, torch.autograd.grad(logits[0, target], list(kept.values()))))
    stage5 = kept['stage5'].detach()
    finer = finer_seed(logits[0].detach(), target)
    logits, again = forward(network, x, 'stage5')
    finer_gradient, = torch.autograd.grad((logits[0] * finer).sum(), again['stage5'])

    guided_network = Network(variant, parameters, padding, epsilon)
    guided_network.silu = GuidedSilu.apply
    guided_logits, guided_kept = forward(guided_network, x, 'input')
    guided, = torch.autograd.grad(guided_logits[0, target], guided_kept['input'])
    cam = methods.grad_cam(flat(stage5), flat(gradients['stage5'])).relu().reshape(1, 1, *stage5.shape[2:])
    large = F.interpolate(cam, x.shape[2:], mode='bilinear', align_corners=False)[0, 0]

    finer_map = methods.grad_cam(flat(stage5), flat(finer_gradient)).reshape(stage5.shape[2:])
    maps = [entry('finer-cam', 'stage5', finer_map),
            entry('saliency', 'input', gradients['input'][0].abs().amax(0)),
            entry('guided-grad-cam', 'stage5', guided[0].amax(0).relu() * large),
            entry('score-cam', 'stage5', score_cam(network, x, stage5, target)),
            entry('ablation-cam', 'stage5', ablation_cam(network, variant, 'stage5', stage5, target)),
            entry('ablation-cam', 'head', ablation_cam(network, variant, 'head', kept['head'].detach(), target))]
    return {'padding': padding, 'epsilon': epsilon, 'height': SMALL[0], 'width': SMALL[1], 'image_seed': image_seed,
            'target': target, 'probability': rounded(probability_seed(logits[0], target)), 'finer': rounded(finer),
            'maps': maps}


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:] or VARIANTS:
        variant = architecture.variant(name)
        parameters = synthetic.Parameters(variant, CLASSES, SEED)
        make_goldens.write('explanation', variant, [run(variant, parameters, 'same', 400),
                                                    run(variant, parameters, 'symmetric', 401)])
        print(name, flush=True)


if __name__ == '__main__':
    main()
