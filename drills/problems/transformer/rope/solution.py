"""Rotary position embedding (Su et al. 2021, §3.2.2), in the half-split layout of GPT-NeoX and LLaMA."""

import torch
from torch import Tensor


def apply_rope(x: Tensor, positions: Tensor, base: float = 10000.0) -> Tensor:
    """Rotate each pair (x_i, x_{i + Dh/2}) of (B, H, T, Dh) by positions · base^(−2i/Dh)."""
    wide = torch.promote_types(x.dtype, torch.float32)  # a half-precision angle would be off by radians
    i = torch.arange(x.shape[-1] // 2, device=x.device, dtype=wide)
    theta = base ** (-2 * i / x.shape[-1])  # (Dh/2,)
    angle = positions[:, None].to(wide) * theta  # (T, Dh/2), the same for all heads
    cos, sin = angle.cos(), angle.sin()
    first, second = x.chunk(2, dim=-1)  # (B, H, T, Dh/2) each
    rotated = torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)
    return rotated.to(x.dtype)
