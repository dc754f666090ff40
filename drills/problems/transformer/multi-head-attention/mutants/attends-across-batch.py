"""Heads split after the batch was folded into the sequence."""

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        context = x if context is None else context
        (batch, n_q, d_model), n_k = x.shape, context.shape[1]
        depth = d_model // self.num_heads
        q = self.q_proj(x).reshape(-1, self.num_heads, depth).transpose(0, 1)  # (H, B·T, Dh)
        k = self.k_proj(context).reshape(-1, self.num_heads, depth).transpose(0, 1)
        v = self.v_proj(context).reshape(-1, self.num_heads, depth).transpose(0, 1)
        scores = q @ k.transpose(-2, -1) / depth**0.5  # (H, B·T, B·Tk)
        if mask is not None:
            full = mask.expand(batch, self.num_heads, n_q, n_k)
            full = full.transpose(0, 1).reshape(self.num_heads, batch * n_q, n_k).repeat(1, 1, batch)
            scores = scores.masked_fill(~full, float("-inf"))
        weights = torch.nan_to_num(torch.softmax(scores, dim=-1))
        out = (weights @ v).transpose(0, 1)  # (B·T, H, Dh)
        return self.out_proj(out.reshape(batch, n_q, d_model))
