#!/usr/bin/python3
"""Makes tests/golden/method/methods.json with PyTorch in float64: every CAM method on the same (activation, gradient).

The fields are synthetic (goldens/synthetic.py: field), with the shapes of layers of B0, B3, B5 and V2-B0.

  cases[]
    height, width, channels
    seed                        the activation is field("activation", …, seed), the gradient field("gradient", …, seed)
    maps                        method → values[] (height × width): raw, before the final relu
  twins                         that C++ makes the very floats that Python does: name → fingerprint(), of "image"
                                (97 × 131, seed 100), "field" ("activation", 13 × 9 × 5, seed 1) and the tensors of B0
                                with 10 classes and seed 20190528, "LAYER.weight" and so on
"""
import json
from pathlib import Path

import numpy as np
import torch

from goldens import architecture, methods, synthetic

OUT = Path(__file__).resolve().parent.parent / 'tests' / 'golden' / 'method' / 'methods.json'
SHAPES = [(14, 14, 112), (7, 7, 1280), (4, 5, 1280),  # B0: stage5, head, head of an odd size
          (19, 19, 136), (10, 10, 1536),              # B3
          (15, 15, 304), (13, 9, 2048),               # B5
          (28, 28, 48), (7, 5, 192), (1, 1, 1280)]    # V2-B0, and the smallest input's head


def tensor(name, shape, seed):
    return torch.from_numpy(synthetic.field(name, *shape, seed)).double().reshape(-1, shape[2])


def rounded(values):
    return [float('%.7g' % value) for value in np.asarray(values, np.float64)]


def case(index, shape):
    seed = 300 + index
    activation, gradient = tensor('activation', shape, seed), tensor('gradient', shape, seed)
    maps = {name: rounded(method(activation, gradient)) for name, method in methods.METHODS.items()}
    return {'height': shape[0], 'width': shape[1], 'channels': shape[2], 'seed': seed, 'maps': maps}


def fingerprint(values):
    """Σ bits_i·(2i + 1) mod 2^32 of the float32 values."""
    bits = np.ascontiguousarray(values, np.float32).ravel().view(np.uint32).astype(np.uint64)
    weights = np.arange(1, 2 * bits.size, 2, dtype=np.uint64)
    return int((bits * weights).sum()) & 0xFFFFFFFF  # uint64 wraps, and 2^32 divides 2^64


def twins():
    b0 = synthetic.Parameters(architecture.variant('b0'), 10, 20190528)
    values = {'image': synthetic.image(97, 131, 100), 'field': synthetic.field('activation', 13, 9, 5, 1),
              'stem.conv.weight': b0.weight('stem.conv', (32, 3, 3, 3)),
              'block.2.depthwise.conv.weight': b0.weight('block.2.depthwise.conv', (144, 1, 3, 3)),
              'block.2.excite.weight': b0.weight('block.2.excite', (144, 6)),
              'block.2.excite.bias': b0.bias('block.2.excite', 144),
              'classifier.weight': b0.weight('classifier', (10, 1280)), 'classifier.bias': b0.bias('classifier', 10)}
    for layer, count in (('stem.bn', 32), ('block.2.project.bn', 24)):
        for part, tensor_values in zip(('weight', 'bias', 'mean', 'variance'), b0.norm(layer, count)):
            values[f'{layer}.{part}'] = tensor_values
    return {name: fingerprint(each) for name, each in values.items()}


def main():
    torch.set_num_threads(1)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    cases = [case(i, shape) for i, shape in enumerate(SHAPES)]
    OUT.write_text(json.dumps({'cases': cases, 'twins': twins()}, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
