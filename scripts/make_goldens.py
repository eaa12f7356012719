#!/usr/bin/python3
"""Makes tests/golden/network/ and tests/golden/gradient/ with PyTorch in float64, from seeds alone.

    apt-get install -y --no-install-recommends python3-torch python3-torchvision
    scripts/make_goldens.py [VARIANT…]                  all of them: about ten minutes on one core

Weights and inputs are those of scripts/goldens/synthetic.py and tests/support/synthetic.h. The network is written from
its table in scripts/goldens/network.py; each B0…B7 is compared with torchvision's on the way. Numbers have 7 digits.

tests/golden/network/VARIANT.json
  variant, classes, seed        of the synthetic parameters
  runs[]                        a padding at a size
    padding                     "same" | "symmetric" | "same_fixed"
    epsilon                     of the batch norms
    height, width, image_seed   of the synthetic image
    logits[]
    maps[]                      Grad-CAM: raw, before the final relu (signed)
      layer                     "head" | "head.raw"
      target                    a class: the top one, then another
      height, width, values[]

tests/golden/gradient/VARIANT.json
  variant, classes, seed
  runs[]
    padding, epsilon, height, width, image_seed
    seed_vector[]               ∂target/∂logit, one a class: a class, or the contrast of two
    layers[]                    in the order of the forward pass; "input", "block.0", "stage1"…, "head.raw", "head"
      layer, height, width, channels
      activation, gradient      a tensor each (HWC order):
        max                     largest magnitude
        sum                     of all elements
        values[]                all elements of a small tensor; else a sample (64 of an activation, 256 of a gradient)
                                whose i-th is element (7919·i + 13) mod size
      maps                      at some layers of B0, B3, B5 and V2-B0: method → values[] (height × width), raw, before
                                the final relu (signed)
      conditioning              beside maps: method → largest difference of PyTorch's own float32 pass, over the map's
                                largest magnitude: how much the formula itself amplifies rounding
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

from goldens import architecture, methods, synthetic, torchvision_check
from goldens.network import Network

OUT = Path(__file__).resolve().parent.parent / 'tests' / 'golden'
CLASSES, SEED = 10, 20190528
ODD = (97, 131)
SMALL = (75, 61)
METHOD_VARIANTS = ('b0', 'b3', 'b5', 'v2-b0')
METHOD_LAYERS = ('stage3', 'stage5', 'head')
ACTIVATION_SAMPLES, GRADIENT_SAMPLES = 64, 256


def rounded(tensor):
    return [float('%.7g' % value) for value in np.asarray(tensor.detach(), np.float64).ravel()]


def epsilon_of(name, padding):
    return 1e-5 if padding == 'symmetric' and name in ('b0', 'b1', 'b2', 'b3', 'b4') else 1e-3


def picture(height, width, seed, dtype=torch.float64):
    return torch.from_numpy(synthetic.image(height, width, seed)).to(dtype).permute(2, 0, 1)[None]


def flat(tensor):
    """1 × C × H × W to positions × channels."""
    return tensor.detach()[0].flatten(1).T


# ---- network/

def head_maps(network, logits, raw, features):
    top = int(logits[0].argmax())
    maps = []
    for target in (top, (top + 3) % CLASSES):
        for layer, kept in (('head', features), ('head.raw', raw)):
            gradient, = torch.autograd.grad(logits[0, target], kept, retain_graph=True)
            values = methods.grad_cam(flat(kept), flat(gradient))
            maps.append({'layer': layer, 'target': target, 'height': kept.shape[2], 'width': kept.shape[3],
                         'values': rounded(values)})
    return maps


def network_run(variant, parameters, padding, size, image_seed):
    epsilon = epsilon_of(variant.id, padding)
    network = Network(variant, parameters, padding, epsilon)
    x = picture(*size, image_seed)
    # Only the head needs a graph: B7 at its native size would not fit otherwise.
    with torch.no_grad():
        native = -(-variant.size // 2)
        y = network.stem(x)
        for index, block in enumerate(variant.blocks):
            y = network.block(y, index, native)
            native = -(-native // block.stride)
        raw = network.head_raw(y)
    raw.requires_grad_(True)
    features = network.head(raw)
    logits = network.classify(features)
    if padding == 'symmetric' and variant.id.startswith('b') and size == ODD:
        difference = (torchvision_check.logits(variant, parameters, x) - logits).abs().max()
        print(f'  {variant.id}: torchvision differs by {difference:.1e}', flush=True)
        assert difference < 1e-9
    return {'padding': padding, 'epsilon': epsilon, 'height': size[0], 'width': size[1], 'image_seed': image_seed,
            'logits': rounded(logits), 'maps': head_maps(network, logits, raw, features)}


def network_goldens(variant, parameters):
    native = (variant.size, variant.size)
    runs = [(padding, size) for padding in ('same', 'symmetric') for size in (native, ODD)] + [('same_fixed', ODD)]
    return [network_run(variant, parameters, padding, size, 100 + i) for i, (padding, size) in enumerate(runs)]


# ---- gradient/

def sampled(tensor, count):
    values = tensor.detach()[0].permute(1, 2, 0).flatten()
    size = values.numel()
    chosen = values if size <= count else values[[(7919 * i + 13) % size for i in range(count)]]
    return {'max': rounded(values.abs().max())[0], 'sum': rounded(values.sum())[0], 'values': rounded(chosen)}


def kept_layers(variant):
    return ['input', 'block.0'] + [f'stage{s}' for s in range(1, variant.stages + 1)] + ['head.raw', 'head']


def activations_and_gradients(variant, parameters, padding, epsilon, image_seed, seed_vector, dtype):
    network = Network(variant, parameters, padding, epsilon, dtype)
    kept = {layer: None for layer in kept_layers(variant)}
    logits = network.forward(picture(*SMALL, image_seed, dtype), kept)
    target = (logits[0] * torch.tensor(seed_vector, dtype=dtype)).sum()
    return kept, dict(zip(kept, torch.autograd.grad(target, list(kept.values()))))


def method_maps(activation, gradient):
    return {name: method(flat(activation), flat(gradient)) for name, method in methods.METHODS.items()}


def gradient_run(variant, parameters, padding, image_seed, seed_vector):
    epsilon = epsilon_of(variant.id, padding)
    common = (variant, parameters, padding, epsilon, image_seed, seed_vector)
    kept, gradients = activations_and_gradients(*common, torch.float64)
    layers = []
    for layer, activation in kept.items():
        layers.append({'layer': layer, 'height': activation.shape[2], 'width': activation.shape[3],
                       'channels': activation.shape[1], 'activation': sampled(activation, ACTIVATION_SAMPLES),
                       'gradient': sampled(gradients[layer], GRADIENT_SAMPLES)})
    if variant.id in METHOD_VARIANTS:
        kept_32, gradients_32 = activations_and_gradients(*common, torch.float32)
        for entry in layers:
            layer = entry['layer']
            if layer not in METHOD_LAYERS:
                continue
            maps = method_maps(kept[layer], gradients[layer])
            maps_32 = method_maps(kept_32[layer].double(), gradients_32[layer].double())
            entry['maps'] = {name: rounded(values) for name, values in maps.items()}
            entry['conditioning'] = {
                name: float('%.1e' % ((maps_32[name] - values).abs().max() / values.abs().max()))
                for name, values in maps.items()}
    return {'padding': padding, 'epsilon': epsilon, 'height': SMALL[0], 'width': SMALL[1], 'image_seed': image_seed,
            'seed_vector': seed_vector, 'layers': layers}


def gradient_goldens(variant, parameters):
    one = [1.0 if k == 3 else 0.0 for k in range(CLASSES)]
    contrast = [1.0 if k == 7 else -1.0 if k == 2 else 0.0 for k in range(CLASSES)]
    return [gradient_run(variant, parameters, 'same', 200, one),
            gradient_run(variant, parameters, 'symmetric', 201, contrast)]


def write(folder, variant, runs):
    path = OUT / folder / (variant.id + '.json')
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {'variant': variant.id, 'classes': CLASSES, 'seed': SEED, 'runs': runs}
    path.write_text(json.dumps(document, separators=(',', ':')) + '\n')


def main():
    torch.set_num_threads(1)
    for name in sys.argv[1:] or architecture.SCALING:
        start = time.time()
        variant = architecture.variant(name)
        parameters = synthetic.Parameters(variant, CLASSES, SEED)
        write('gradient', variant, gradient_goldens(variant, parameters))
        write('network', variant, network_goldens(variant, parameters))
        print(f'{name}: {time.time() - start:.0f} s', flush=True)


if __name__ == '__main__':
    main()
