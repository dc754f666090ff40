"""Causal attention with a trained prefix."""

from torch import Tensor


def prefix_attention(q: Tensor, k: Tensor, v: Tensor, prefix_k: Tensor, prefix_v: Tensor) -> Tensor:
    """Return (B, H, T, Dh).

    q, k, v: (B, H, T, Dh), causal; prefix_k, prefix_v: (H, P, Dh), visible to every query of every sequence.
    """
    raise NotImplementedError
