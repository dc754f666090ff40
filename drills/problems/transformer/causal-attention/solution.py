"""Causal attention, aligned at the end: what decoding with a cache needs."""

import torch
from torch import Tensor


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return softmax(q kᵀ / √Dh) v, (B, H, Tq, Dh), where query i sees the keys up to i + Tk − Tq."""
    n_q, n_k = q.shape[-2], k.shape[-2]
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, H, Tq, Tk)
    query = torch.arange(n_q, device=q.device)[:, None] + (n_k - n_q)  # position in the sequence
    future = torch.arange(n_k, device=q.device) > query  # (Tq, Tk)
    scores = scores.masked_fill(future, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v
