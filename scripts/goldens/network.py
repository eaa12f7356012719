"""EfficientNet in PyTorch, float64, straight from the architecture table and the synthetic parameters."""
import numpy as np
import torch
import torch.nn.functional as F


def same_padding(size, kernel, stride):
    """TensorFlow's SAME: (before, after)."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class Network:
    def __init__(self, variant, parameters, padding, epsilon, dtype=torch.float64):
        self.variant, self.parameters = variant, parameters
        self.padding, self.epsilon, self.dtype = padding, epsilon, dtype
        self.cache = {}
        self.silu = F.silu

    # ---- parameters

    def tensor(self, key, make):
        if key not in self.cache:
            self.cache[key] = torch.from_numpy(np.ascontiguousarray(make())).to(self.dtype)
        return self.cache[key]

    def weight(self, layer, *shape):
        return self.tensor(layer, lambda: self.parameters.weight(layer, shape))

    def bias(self, layer, count):
        return self.tensor(layer + '.bias', lambda: self.parameters.bias(layer, count))

    # ---- operators

    def convolution(self, x, weight, kernel, stride, native, groups=1):
        """`native`: the (square) size of x at the variant's native input, for Keras' fixed padding."""
        rule = self.padding
        if rule == 'symmetric' or (rule == 'same_fixed' and stride == 1):
            return F.conv2d(x, weight, stride=stride, padding=(kernel - 1) // 2, groups=groups)
        height, width = (native, native) if rule == 'same_fixed' else x.shape[2:]
        top, bottom = same_padding(height, kernel, stride)
        left, right = same_padding(width, kernel, stride)
        return F.conv2d(F.pad(x, (left, right, top, bottom)), weight, stride=stride, groups=groups)

    def norm(self, x, layer):
        channels = x.shape[1]
        parts = [self.tensor(f'{layer}.{i}', lambda i=i: self.parameters.norm(layer, channels)[i]) for i in range(4)]
        weight, bias, mean, variance = parts
        return F.batch_norm(x, mean, variance, weight, bias, False, 0.0, self.epsilon)

    def dense(self, x, name, out, kernel=1, stride=1, native=0, activate=True):
        x = self.convolution(x, self.weight(name + '.conv', out, x.shape[1], kernel, kernel), kernel, stride, native)
        x = self.norm(x, name + '.bn')
        return self.silu(x) if activate else x

    def depthwise(self, x, name, kernel, stride, native):
        channels = x.shape[1]
        weight = self.weight(name + '.conv', channels, 1, kernel, kernel)
        x = self.convolution(x, weight, kernel, stride, native, channels)
        return self.silu(self.norm(x, name + '.bn'))

    def affine(self, x, name, out):
        return F.linear(x, self.weight(name, out, x.shape[1]), self.bias(name, out))

    # ---- parts

    def stem(self, x):
        return self.dense(x, 'stem', self.variant.stem, 3, 2, self.variant.size)

    def block(self, x, index, native):
        block, name, before = self.variant.blocks[index], f'block.{index}', x
        if block.kind == 'convolution':
            x = self.dense(x, name, block.outputs, block.kernel, block.stride, native)
        elif block.kind == 'fused':
            x = self.dense(x, name + '.expand', block.expanded, block.kernel, block.stride, native)
            x = self.dense(x, name + '.project', block.outputs, activate=False)
        else:
            if block.expand != 1:
                x = self.dense(x, name + '.expand', block.expanded)
            x = self.depthwise(x, name + '.depthwise', block.kernel, block.stride, native)
            gate = self.affine(self.silu(self.affine(x.mean((2, 3)), name + '.reduce', block.squeeze)),
                               name + '.excite', block.expanded)
            x = x * torch.sigmoid(gate)[:, :, None, None]
            x = self.dense(x, name + '.project', block.outputs, activate=False)
        return x + before if block.residual else x

    def head_raw(self, x):
        return self.convolution(x, self.weight('head.conv', self.variant.head, x.shape[1], 1, 1), 1, 1, 0)

    def head(self, raw):
        return self.silu(self.norm(raw, 'head.bn'))

    def classify(self, features):
        return self.affine(features.mean((2, 3)), 'classifier', self.parameters.classes)

    def forward(self, x, kept):
        """Logits of x (1 × 3 × H × W). `kept`: layer names to activations, filled for the names that it has."""
        def keep(name, value):
            if name in kept:
                if not value.requires_grad:
                    value = value.detach().requires_grad_(True)
                kept[name] = value
            return value

        native = -(-self.variant.size // 2)
        x = self.stem(keep('input', x))
        for index, block in enumerate(self.variant.blocks):
            x = keep(f'block.{index}', self.block(x, index, native))
            native = -(-native // block.stride)
            if index == self.variant.last_block_of(block.stage):
                x = keep(f'stage{block.stage}', x)
        return self.classify(keep('head', self.head(keep('head.raw', self.head_raw(x)))))
