"""RMSNorm."""

from torch import Tensor


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-6) -> Tensor:
    """Return weight · x / √(mean(x²) + eps) over the last axis, in x's dtype; x: (..., D), weight: (D,)."""
    raise NotImplementedError
