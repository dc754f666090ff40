"""Rotary position embedding."""

from torch import Tensor


def apply_rope(x: Tensor, positions: Tensor, base: float = 10000.0) -> Tensor:
    """Return x, (B, H, T, Dh), with the pairs (x_i, x_{i + Dh/2}) rotated by positions · base^(−2i/Dh).

    positions: (T,), whole numbers, any. Dh is even. The result has the dtype of x.
    """
    raise NotImplementedError
