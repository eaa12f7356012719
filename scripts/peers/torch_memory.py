#!/usr/bin/python3
"""Peak memory of Grad-CAM in PyTorch, eager, one thread: beside the memory of `effcam bench --explain`.

    scripts/peers/torch_memory.py VARIANT LAYER [SIDE]          b0 stage3

Prints how far the process's peak resident memory exceeds that of PyTorch alone (imported, nothing computed).
"""
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch  # noqa: E402

from goldens import architecture, synthetic  # noqa: E402
from goldens.network import Network  # noqa: E402


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    name, layer = sys.argv[1:3]
    torch.set_num_threads(1)
    variant = architecture.variant(name)
    side = int(sys.argv[3]) if len(sys.argv) > 3 else variant.size
    alone = peak()
    network = Network(variant, synthetic.Parameters(variant, 1000, 1), 'same', 1e-3, torch.float32)
    with torch.no_grad():
        network.forward(torch.rand(1, 3, 32, 32), {})  # makes the weights
    weights = sum(each.numel() for each in network.cache.values()) * 4 / 2**20
    kept = {layer: None}
    logits = network.forward(torch.rand(1, 3, side, side), kept)
    gradient, = torch.autograd.grad(logits[0].max(), kept[layer])
    (gradient.mean((2, 3), True) * kept[layer]).sum(1).relu()
    print(f'{variant.id} at {layer}, {side} px: {peak() - alone:.0f} MiB beyond PyTorch alone ({alone:.0f} MiB), '
          f'of which weights {weights:.1f} MiB')


if __name__ == '__main__':
    main()
