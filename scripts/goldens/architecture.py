"""The EfficientNet variants, written down a second time so that the C++ tables have something to disagree with."""
import math
from dataclasses import dataclass, field

# kind, repeat, kernel, stride, expand, out
BASE_1 = [('mbconv', 1, 3, 1, 1, 16), ('mbconv', 2, 3, 2, 6, 24), ('mbconv', 2, 5, 2, 6, 40),
          ('mbconv', 3, 3, 2, 6, 80), ('mbconv', 3, 5, 1, 6, 112), ('mbconv', 4, 5, 2, 6, 192),
          ('mbconv', 1, 3, 1, 6, 320)]
BASE_2 = [('convolution', 1, 3, 1, 1, 16), ('fused', 2, 3, 2, 4, 32), ('fused', 2, 3, 2, 4, 48),
          ('mbconv', 3, 3, 2, 4, 96), ('mbconv', 5, 3, 1, 6, 112), ('mbconv', 8, 3, 2, 6, 192)]
# width, depth, native size
SCALING = {'b0': (1.0, 1.0, 224), 'b1': (1.0, 1.1, 240), 'b2': (1.1, 1.2, 260), 'b3': (1.2, 1.4, 300),
           'b4': (1.4, 1.8, 380), 'b5': (1.6, 2.2, 456), 'b6': (1.8, 2.6, 528), 'b7': (2.0, 3.1, 600),
           'v2-b0': (1.0, 1.0, 224), 'v2-b1': (1.0, 1.1, 240), 'v2-b2': (1.1, 1.2, 260), 'v2-b3': (1.2, 1.4, 300)}


@dataclass
class Block:
    kind: str
    stage: int
    kernel: int
    stride: int
    expand: int
    inputs: int
    outputs: int
    index_in_stage: int = 0

    @property
    def expanded(self):
        return self.inputs * self.expand

    @property
    def squeeze(self):
        return max(1, self.inputs // 4)

    @property
    def residual(self):
        return self.stride == 1 and self.inputs == self.outputs


@dataclass
class Variant:
    id: str
    size: int
    stem: int
    head: int
    blocks: list = field(default_factory=list)

    @property
    def stages(self):
        return self.blocks[-1].stage

    def last_block_of(self, stage):
        return max(i for i, block in enumerate(self.blocks) if block.stage == stage)


def variant(name):
    width, depth, size = SCALING[name]
    second = name.startswith('v2')

    def channels(base):
        exact = base * width
        rounded = max(8, int(exact + 4) // 8 * 8)
        return rounded + 8 if not second and rounded < 0.9 * exact else rounded

    made = Variant(name, size, channels(32), channels(1280))
    inputs = made.stem
    for stage, (kind, repeat, kernel, stride, expand, out) in enumerate(BASE_2 if second else BASE_1, 1):
        for index in range(math.ceil(repeat * depth)):
            outputs = channels(out)
            made.blocks.append(Block(kind, stage, kernel, stride if index == 0 else 1, expand, inputs, outputs, index))
            inputs = outputs
    return made
