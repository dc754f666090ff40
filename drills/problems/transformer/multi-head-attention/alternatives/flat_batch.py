"""Heads folded into the batch axis, with baddbmm and nan_to_num."""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        self.d_model, self.num_heads, self.head_dim = d_model, num_heads, d_model // num_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(d_model, d_model, bias=bias) for _ in range(4)
        )

    def fold(self, x):
        b, t, _ = x.shape
        x = x.view(b, t, self.num_heads, self.head_dim).permute(0, 2, 1, 3).contiguous()
        return x.view(b * self.num_heads, t, self.head_dim)

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        (b, tq, _), tk = x.shape, context.shape[1]
        q, k, v = self.fold(self.q_proj(x)), self.fold(self.k_proj(context)), self.fold(self.v_proj(context))
        bias = torch.zeros(b * self.num_heads, tq, tk, dtype=q.dtype, device=q.device)
        scores = torch.baddbmm(bias, q, k.transpose(1, 2), alpha=1 / self.head_dim**0.5)
        if mask is not None:
            full = mask.broadcast_to(b, self.num_heads, tq, tk).reshape(b * self.num_heads, tq, tk)
            scores = scores.masked_fill(full.logical_not(), float("-inf"))
        p = torch.nan_to_num(scores.softmax(-1), nan=0.0)
        out = torch.bmm(p, v).view(b, self.num_heads, tq, self.head_dim)
        return self.out_proj(out.permute(0, 2, 1, 3).reshape(b, tq, self.d_model))
