"""Sine and cosine are kept for the next call, by the length of the sequence."""

import torch
from torch import Tensor

TABLES: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}


def apply_rope(x: Tensor, positions: Tensor, base: float = 10000.0) -> Tensor:
    key = (x.shape[-2], x.shape[-1])
    if key not in TABLES:
        i = torch.arange(x.shape[-1] // 2, dtype=torch.float32)
        angle = positions[:, None].float() * base ** (-2 * i / x.shape[-1])
        TABLES[key] = angle.cos(), angle.sin()
    cos, sin = TABLES[key]
    first, second = x.chunk(2, dim=-1)
    rotated = torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)
    return rotated.to(x.dtype)
