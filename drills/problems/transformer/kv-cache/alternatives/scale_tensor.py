"""A dictionary of new tensors, the scale as a float32 tensor, a mask only where there is something to hide."""

import torch
from torch import nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        batch, length, d_model = x.shape

        def heads(t):
            return t.view(batch, length, self.num_heads, self.head_dim).permute(0, 2, 1, 3)

        q, k, v = heads(self.q_proj(x)), heads(self.k_proj(x)), heads(self.v_proj(x))
        if cache is not None:
            k = torch.cat((cache["k"], k), dim=-2)
            v = torch.cat((cache["v"], v), dim=-2)
        scale = torch.sqrt(torch.tensor(self.head_dim, dtype=torch.float32))
        scores = torch.matmul(q, k.transpose(-2, -1)) / scale
        if length > 1:
            total = k.size(-2)
            mask = torch.triu(torch.ones(length, total, dtype=torch.bool), diagonal=total - length + 1)
            scores = scores.masked_fill(mask, float("-inf"))
        out = torch.matmul(torch.softmax(scores, dim=-1), v)
        out = out.permute(0, 2, 1, 3).reshape(batch, length, d_model)
        return self.out_proj(out), {"k": k, "v": v}
