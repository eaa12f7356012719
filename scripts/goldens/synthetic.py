"""Weights and pictures from a seed: the twin of tests/support/synthetic.h, equal to the last bit.

Element i of tensor T is the number u in [-1, 1) of element_units(), scaled in double precision by steps that are exact
or rounded once, then rounded to float32. No step depends on a math library or on fused multiply-adds.
"""
import numpy as np


def mix(h):
    """Murmur3's finaliser on uint32 arrays."""
    h = h ^ (h >> np.uint32(16))
    h = h * np.uint32(0x85EBCA6B)
    h = h ^ (h >> np.uint32(13))
    h = h * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h


def element_units(name, seed, count):
    """`count` doubles in [-1, 1), multiples of 2^-23."""
    key = mix(np.array([fnv1a(name) ^ (seed * 0x9E3779B9 & 0xFFFFFFFF)], np.uint32))
    hashes = mix(np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + key)
    return (hashes >> np.uint32(8)).astype(np.float64) / 8388608.0 - 1.0


def gain(layer):
    """Standard deviation × sqrt(fan in), so that what the next batch norm sees is about its running variance."""
    for suffix, value in (('.depthwise.conv', 1.75), ('.project.conv', 2.0), ('.reduce', 2.0), ('.excite', 2.0),
                          ('classifier', 4.0)):
        if layer.endswith(suffix):
            return value
    return 1.0


class Parameters:
    """Tensors by canonical name + '.weight', '.bias', '.mean', '.variance', as float32."""

    def __init__(self, variant, classes, seed):
        self.variant, self.classes, self.seed = variant, classes, seed

    def units(self, tensor, count):
        return element_units(tensor, self.seed, count)

    def weight(self, layer, shape):
        """Convolutions (OIHW) and affine layers (OI)."""
        fan_in = int(np.prod(shape[1:]))
        scale = np.sqrt(3.0 / fan_in) * gain(layer)
        return (self.units(layer + '.weight', int(np.prod(shape))) * scale).astype(np.float32).reshape(shape)

    def bias(self, layer, count):
        scale = 1.0 if layer.endswith('.excite') else 0.125
        return (self.units(layer + '.bias', count) * scale).astype(np.float32)

    def norm(self, layer, count):
        """weight, bias, mean, variance. The branch of a residual is damped, or a network of 55 blocks would explode."""
        damp = 1.0
        if layer.endswith('.project.bn') and self.variant.blocks[int(layer.split('.')[1])].residual:
            damp = 0.1875
        u = {part: self.units(layer + '.' + part, count) for part in ('weight', 'bias', 'mean', 'variance')}
        return [values.astype(np.float32) for values in
                ((1.0 + 0.1875 * u['weight']) * damp, 0.1875 * u['bias'], 0.1875 * u['mean'],
                 1.0 + 0.5 * u['variance'])]


def image(height, width, seed):
    """A normalised input, height × width × 3 within [-2, 2): three parts smooth, one part noise. All in integers."""
    grid = (element_units('image.grid', seed, 5 * 5 * 3) * 4096).astype(np.int64).reshape(5, 5, 3)
    noise = (element_units('image.noise', seed, height * width * 3) * 4096).astype(np.int64).reshape(height, width, 3)
    # C++ truncates towards zero, and so does astype.
    y, x = np.arange(height) * 1024 // height, np.arange(width) * 1024 // width
    wy, wx = (y & 255)[:, None, None], (x & 255)[None, :, None]
    iy, ix = (y >> 8)[:, None], (x >> 8)[None, :]
    smooth = ((grid[iy, ix] * (256 - wx) + grid[iy, ix + 1] * wx) * (256 - wy) +
              (grid[iy + 1, ix] * (256 - wx) + grid[iy + 1, ix + 1] * wx) * wy)
    return ((3 * smooth + noise * 65536) / 536870912.0).astype(np.float32)


def field(name, height, width, channels, seed):
    """height × width × channels values, such as an activation: a rank-one pattern, and noise."""
    positions = height * width
    rows = element_units(name + '.rows', seed, positions)[:, None]
    columns = element_units(name + '.columns', seed, channels)[None, :]
    noise = element_units(name + '.noise', seed, positions * channels).reshape(positions, channels)
    return (rows * columns + 0.75 * noise).astype(np.float32).reshape(height, width, channels)
