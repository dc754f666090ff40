"""RMSNorm (Zhang & Sennrich 2019, eq. 4)."""

import torch
from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """Return weight · x / √(mean(x²) + eps) over the last axis, in x's dtype; x: (..., D), weight: (D,)."""
    wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x  # squares overflow in float16
    mean_square = wide.pow(2).mean(dim=-1, keepdim=True)  # (..., 1)
    normed = wide * torch.rsqrt(mean_square + eps)
    return (normed * weight).to(x.dtype)
