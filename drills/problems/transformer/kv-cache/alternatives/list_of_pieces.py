"""A dictionary with a list of pieces, copied before it grows; attention head by head, query by query."""

import math

import torch
import torch.nn as nn


class CachedAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h = num_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, cache=None):
        pieces = list(cache["pieces"]) if cache else []
        pieces.append((self.k_proj(x), self.v_proj(x)))
        keys = torch.cat([k for k, _ in pieces], dim=1).chunk(self.h, dim=-1)
        values = torch.cat([v for _, v in pieces], dim=1).chunk(self.h, dim=-1)
        queries = self.q_proj(x).chunk(self.h, dim=-1)
        past = keys[0].shape[1] - x.shape[1]
        heads = []
        for q, k, v in zip(queries, keys, values, strict=True):
            rows = []
            for t in range(x.shape[1]):
                seen = past + t + 1
                scores = torch.einsum("bd,bkd->bk", q[:, t], k[:, :seen]) / math.sqrt(q.shape[-1])
                rows.append(torch.einsum("bk,bkd->bd", scores.softmax(-1), v[:, :seen]))
            heads.append(torch.stack(rows, dim=1))
        return self.out_proj(torch.cat(heads, dim=-1)), {"pieces": pieces}
