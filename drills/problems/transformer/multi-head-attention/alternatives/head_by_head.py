"""One head at a time in a Python loop, joined with cat; only rows that see something are computed."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int, bias: bool = True):
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)

    def forward(self, x, context=None, mask=None):
        memory = context if context is not None else x
        qs = self.q_proj(x).chunk(self.num_heads, dim=-1)
        ks = self.k_proj(memory).chunk(self.num_heads, dim=-1)
        vs = self.v_proj(memory).chunk(self.num_heads, dim=-1)
        if mask is not None:
            mask = mask.expand(x.size(0), self.num_heads, x.size(1), memory.size(1))
        outs = []
        for i, (q, k, v) in enumerate(zip(qs, ks, vs, strict=True)):
            scores = torch.bmm(q, k.mT) / math.sqrt(q.size(-1))
            if mask is not None:
                allowed = mask[:, i]
                sees = allowed.any(dim=-1, keepdim=True)
                scores = scores.masked_fill(~allowed & sees, -math.inf)
                outs.append(torch.bmm(F.softmax(scores, dim=-1), v) * sees)
            else:
                outs.append(torch.bmm(F.softmax(scores, dim=-1), v))
        return F.linear(torch.cat(outs, dim=-1), self.out_proj.weight, self.out_proj.bias)
