"""Multi-head attention (Vaswani et al. 2017, §3.2.2)."""

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Self-attention over x, or cross-attention from x to a context."""

    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """x: (B, T, D), context: (B, Tk, D), mask: broadcasts to (B, H, T, Tk), True where allowed."""
        if context is None:
            context = x
        q = self.split(self.q_proj(x))  # (B, H, T, Dh)
        k = self.split(self.k_proj(context))  # (B, H, Tk, Dh)
        v = self.split(self.v_proj(context))
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, H, T, Tk)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights.masked_fill(~mask.any(-1, keepdim=True), 0.0)  # softmax of -inf only is NaN
        return self.out_proj(self.merge(weights @ v))

    def split(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, H, T, Dh)."""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def merge(self, x: Tensor) -> Tensor:
        """(B, H, T, Dh) to (B, T, D)."""
        return x.transpose(1, 2).flatten(-2)
