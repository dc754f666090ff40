"""Keys and values read the residual stream itself."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TransformerBlock(nn.Module):
    """Self-attention, then a feed-forward network, each added to the residual stream."""

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ) -> None:
        super().__init__()
        self.num_heads, self.norm_first = num_heads, norm_first
        self.norm1 = nn.LayerNorm(d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.ff1 = nn.Linear(d_model, d_ff)
        self.ff2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (B, T, D), mask: broadcasts to (B, H, T, T), True where allowed."""
        if self.norm_first:  # the stream itself is never normalised
            x = x + self.dropout(self.attend(self.norm1(x), x, mask))
            return x + self.dropout(self.feed_forward(self.norm2(x)))
        x = self.norm1(x + self.dropout(self.attend(x, x, mask)))
        return self.norm2(x + self.dropout(self.feed_forward(x)))

    def attend(self, x: Tensor, stream: Tensor, mask: Tensor | None) -> Tensor:
        """Multi-head self-attention, (B, T, D) to (B, T, D)."""
        q = self.split(self.q_proj(x))
        k, v = self.split(self.k_proj(stream)), self.split(self.v_proj(stream))
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, H, T, T)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        heads = torch.softmax(scores, dim=-1) @ v  # (B, H, T, Dh)
        return self.out_proj(heads.transpose(1, 2).flatten(-2))

    def split(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, H, T, Dh)."""
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def feed_forward(self, x: Tensor) -> Tensor:
        """The same two layers at every position."""
        return self.ff2(F.gelu(self.ff1(x)))  # (B, T, F) inside
