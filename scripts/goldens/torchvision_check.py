"""A second witness for goldens/network.py: torchvision's own EfficientNets with the same synthetic weights."""
import torch
import torchvision


def names(variant):
    """Canonical layer → torchvision's prefix, in pairs; batch norms and affine layers included."""
    yield 'stem.conv', 'features.0.0'
    yield 'stem.bn', 'features.0.1'
    for n, block in enumerate(variant.blocks):
        prefix = f'features.{block.stage}.{block.index_in_stage}.block'
        parts = (['expand'] if block.expand != 1 else []) + ['depthwise', 'squeeze', 'project']
        for i, part in enumerate(parts):
            if part == 'squeeze':
                yield f'block.{n}.reduce', f'{prefix}.{i}.fc1'
                yield f'block.{n}.excite', f'{prefix}.{i}.fc2'
            else:
                yield f'block.{n}.{part}.conv', f'{prefix}.{i}.0'
                yield f'block.{n}.{part}.bn', f'{prefix}.{i}.1'
    last = variant.stages + 1
    yield 'head.conv', f'features.{last}.0'
    yield 'head.bn', f'features.{last}.1'
    yield 'classifier', 'classifier.1'


def state(variant, parameters, model):
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    result = {}
    for layer, prefix in names(variant):
        shape = shapes[prefix + '.weight']
        if layer.endswith('.bn'):
            for key, values in zip(('weight', 'bias', 'running_mean', 'running_var'), parameters.norm(layer, shape[0])):
                result[f'{prefix}.{key}'] = torch.from_numpy(values)
        else:
            result[prefix + '.weight'] = torch.from_numpy(parameters.weight(layer, shape))
            if prefix + '.bias' in shapes:
                result[prefix + '.bias'] = torch.from_numpy(parameters.bias(layer, shape[0]))
    return result


def logits(variant, parameters, x):
    model = getattr(torchvision.models, 'efficientnet_' + variant.id)(weights=None, num_classes=parameters.classes)
    missing, unexpected = model.load_state_dict(state(variant, parameters, model), strict=False)
    assert not unexpected and all(key.endswith('num_batches_tracked') for key in missing), (missing, unexpected)
    with torch.no_grad():
        return model.double().eval()(x)
