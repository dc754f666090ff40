"""Numeric answers of the cnn track, a second time."""

from __future__ import annotations

import torch
from torch import nn

from . import recomputes


@recomputes("depthwise-separable-saving")
def weights_of_the_full_layer_over_those_of_the_pair(k: int, cin: int, cout: int) -> float:
    """At stride 1 each weight makes one multiply-add at each position."""

    def weights(*layers: nn.Conv2d) -> int:
        return sum(layer.weight.numel() for layer in layers)

    full = nn.Conv2d(cin, cout, k, bias=False, device="meta")
    depthwise = nn.Conv2d(cin, cin, k, groups=cin, bias=False, device="meta")
    pointwise = nn.Conv2d(cin, cout, 1, bias=False, device="meta")
    return weights(full) / weights(depthwise, pointwise)


@recomputes("im2col-buffer-size")
def mebibytes_of_the_unfolded_batch(b: int, c: int, n: int, k: int, s: int) -> float:
    maps = torch.empty(b, c, n, n, dtype=torch.float32, device="meta")
    columns = nn.functional.unfold(maps, k, padding=k // 2, stride=s)
    return columns.numel() * columns.element_size() / 2**20


@recomputes("conv-output-size")
def output_side_of_a_real_convolution(n: int, k: int, s: int, p: int, d: int) -> float:
    import torch

    layer = torch.nn.Conv2d(1, 1, k, stride=s, padding=p, dilation=d, device="meta")
    return float(layer(torch.empty(1, 1, n, n, device="meta")).shape[-1])


@recomputes("conv-parameter-count")
def parameters_of_a_real_convolution(k: int, cin: int, cout: int, h: int) -> float:
    import torch

    return float(sum(p.numel() for p in torch.nn.Conv2d(cin, cout, k, device="meta").parameters()))


@recomputes("receptive-field-three-layers")
def inputs_that_reach_one_output(k1: int, s1: int, k3: int) -> float:
    """Follows the indices back from one output, layer by layer."""
    reached = {40}
    for kernel, stride in ((k3, 1), (2, 2), (k1, s1)):
        reached = {place * stride + offset for place in reached for offset in range(kernel)}
    return float(max(reached) - min(reached) + 1)


@recomputes("global-average-pooling-saving")
def weights_of_two_heads(c: int, s: int, k: int) -> float:
    import torch

    flat = torch.nn.Linear(c * s * s, k, bias=False, device="meta")
    pooled = torch.nn.Linear(c, k, bias=False, device="meta")
    return float(flat.weight.numel() - pooled.weight.numel())


@recomputes("pooling-replaced-by-strided-conv")
def parameters_gained(c: int, k: int) -> float:
    import torch

    layer = torch.nn.Conv2d(c, c, k, stride=2, device="meta")
    return float(sum(p.numel() for p in layer.parameters()))


@recomputes("max-pool-backward-nonzero-count")
def nonzeros_of_a_real_gradient(n: int, c: int, h: int, k: int) -> float:
    """One map through PyTorch's own backward; the maps of a batch do not touch each other."""
    import torch

    x = torch.randperm(h * h, generator=torch.Generator().manual_seed(0)).double().reshape(1, 1, h, h)
    x.requires_grad_()
    torch.nn.functional.max_pool2d(x, k).sum().backward()
    assert x.grad is not None
    return float(n * c * torch.count_nonzero(x.grad))
