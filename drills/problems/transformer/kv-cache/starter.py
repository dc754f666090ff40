"""Causal self-attention with a key-value cache."""

from typing import Any

from torch import Tensor, nn


class CachedAttention(nn.Module):
    """Multi-head causal self-attention that can go on from where another call ended.

    Sub-modules: q_proj, k_proj, v_proj, out_proj, each nn.Linear(d_model, d_model).
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor, cache: Any = None) -> tuple[Tensor, Any]:
        """x: (B, T, D), the next T tokens after those that the cache stands for (none when it is None).

        Return their outputs, (B, T, D), and a new cache that includes them. The cache that came in is never changed.
        """
        raise NotImplementedError
