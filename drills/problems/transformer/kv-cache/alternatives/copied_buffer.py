"""A cache object with a buffer of fixed blocks that is copied before each write; an additive mask."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BLOCK = 8


@dataclass(frozen=True)
class Cache:
    """kv: (2, B, H, room, Dh), of which `length` positions are filled."""

    kv: Tensor
    length: int

    def extended(self, new: Tensor) -> Cache:
        length = self.length + new.shape[3]
        room = -(-length // BLOCK) * BLOCK
        kv = new.new_zeros(*new.shape[:3], room, new.shape[4])
        kv[:, :, :, : self.length] = self.kv[:, :, :, : self.length]
        kv[:, :, :, self.length : length] = new
        return Cache(kv, length)


class CachedAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        b, t, d = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(b, t, self.num_heads, self.head_dim).permute(0, 2, 1, 3)

        new = torch.stack([heads(self.k_proj(x)), heads(self.v_proj(x))])
        cache = (cache or Cache(new[:, :, :, :0], 0)).extended(new)
        k, v = cache.kv[:, :, :, : cache.length]
        bias = torch.zeros(t, cache.length, dtype=x.dtype, device=x.device)
        bias += torch.full_like(bias, -torch.inf).triu(cache.length - t + 1)
        weights = F.softmax(heads(self.q_proj(x)) * self.head_dim**-0.5 @ k.mT + bias, dim=-1)
        return self.out_proj((weights @ v).permute(0, 2, 1, 3).reshape(b, t, d)), cache
