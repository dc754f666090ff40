"""Grouped-query attention (Ainslie et al. 2023, §2.2)."""

import torch
from torch import Tensor


def grouped_query_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool = True) -> Tensor:
    """Return softmax(q kᵀ / √Dh) v, (B, Hq, T, Dh), where Hq / Hkv neighbouring query heads share a key-value head."""
    q = q.unflatten(1, (k.shape[1], -1))  # (B, Hkv, G, T, Dh): neighbours form a group
    k, v = k.unsqueeze(2), v.unsqueeze(2)  # (B, Hkv, 1, T, Dh): broadcast over the group, never copied
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, Hkv, G, T, T)
    if causal:
        future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    return (weights @ v).flatten(1, 2)  # (B, Hq, T, Dh)
