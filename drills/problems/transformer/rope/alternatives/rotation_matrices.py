"""A 2 × 2 matrix for each position and pair, applied with einsum."""

import math

import torch
from torch import Tensor


def apply_rope(x: Tensor, positions: Tensor, base: float = 10000.0) -> Tensor:
    batch, heads, length, depth = x.shape
    freqs = torch.tensor([math.pow(base, -2 * i / depth) for i in range(depth // 2)], device=x.device)
    angle = positions.view(-1, 1) * freqs  # float32
    rows = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], dim=-1)
    matrix = rows.view(length, depth // 2, 2, 2)
    pairs = x.reshape(batch, heads, length, 2, depth // 2).to(torch.promote_types(x.dtype, matrix.dtype))
    turned = torch.einsum("tirc,bhtci->bhtri", matrix.to(pairs.dtype), pairs)
    return turned.reshape(x.shape).to(x.dtype)
