"""Norm, GELU, dropout and each head written out, with fused weights and einsum."""

import math

import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ):
        super().__init__()
        self.num_heads, self.rate, self.norm_first = num_heads, dropout, norm_first
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d_model, d_model) for _ in range(4))
        self.ff1 = nn.Linear(d_model, d_ff)
        self.ff2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)

    def drop(self, x):
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand_like(x) >= self.rate
        return torch.where(kept, x / max(1 - self.rate, 1e-12), torch.zeros_like(x))

    @staticmethod
    def layer_norm(norm, x):
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return centred * torch.rsqrt(variance + norm.eps) * norm.weight + norm.bias

    def attention(self, x, mask):
        weight = torch.cat([self.q_proj.weight, self.k_proj.weight, self.v_proj.weight])
        bias = torch.cat([self.q_proj.bias, self.k_proj.bias, self.v_proj.bias])
        q, k, v = (torch.einsum("btd,ed->bte", x, weight) + bias).chunk(3, -1)
        n = x.shape[1]
        allowed = torch.ones(1, dtype=torch.bool, device=x.device) if mask is None else mask
        allowed = allowed.expand(x.shape[0], self.num_heads, n, n)
        depth, joined = x.shape[-1] // self.num_heads, []
        for head in range(self.num_heads):
            part = slice(head * depth, (head + 1) * depth)
            scores = torch.einsum("bqe,bke->bqk", q[..., part], k[..., part]) / math.sqrt(depth)
            scores = torch.where(allowed[:, head], scores, torch.full_like(scores, -math.inf))
            powers = torch.exp(scores - torch.logsumexp(scores, -1, keepdim=True))
            joined.append(powers @ v[..., part])
        return self.out_proj(torch.cat(joined, -1))

    def mlp(self, x):
        hidden = self.ff1(x)
        return self.ff2(0.5 * hidden * (1 + torch.erf(hidden / math.sqrt(2))))

    def forward(self, x, mask=None):
        if self.norm_first:
            middle = x + self.drop(self.attention(self.layer_norm(self.norm1, x), mask))
            return middle + self.drop(self.mlp(self.layer_norm(self.norm2, middle)))
        middle = self.layer_norm(self.norm1, x + self.drop(self.attention(x, mask)))
        return self.layer_norm(self.norm2, middle + self.drop(self.mlp(middle)))
