"""Grouped-query attention."""

from torch import Tensor


def grouped_query_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool = True) -> Tensor:
    """Return (B, Hq, T, Dh).

    q: (B, Hq, T, Dh), k and v: (B, Hkv, T, Dh), Hkv divides Hq. Query head i reads key-value head i // (Hq // Hkv).
    causal: position t sees the positions up to t, itself included; False: every position sees all.
    """
    raise NotImplementedError
