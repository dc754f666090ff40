"""Causal attention, aligned at the end."""

from torch import Tensor


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return (B, H, Tq, Dh).

    q: (B, H, Tq, Dh), k and v: (B, H, Tk, Dh), Tq ≤ Tk. The last query sees all keys, the one before it all but one.
    """
    raise NotImplementedError
