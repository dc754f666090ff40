"""Prefix tuning (Li and Liang 2021, §4.2): trained keys and values in front of the sequence's own."""

import torch
from torch import Tensor


def prefix_attention(q: Tensor, k: Tensor, v: Tensor, prefix_k: Tensor, prefix_v: Tensor) -> Tensor:
    """Return causal attention, (B, H, T, Dh), in which every query also sees the P pairs of the prefix."""
    batch, _, length, depth = q.shape
    past = prefix_k.shape[1]  # P
    keys = torch.cat([prefix_k.expand(batch, -1, -1, -1), k], dim=2)  # (B, H, P + T, Dh)
    values = torch.cat([prefix_v.expand(batch, -1, -1, -1), v], dim=2)
    scores = q @ keys.transpose(-2, -1) / depth**0.5  # (B, H, T, P + T)
    allowed = torch.ones(length, past + length, dtype=torch.bool, device=q.device).tril(past)  # j ≤ P + t
    scores = scores.masked_fill(~allowed, float("-inf"))
    return torch.softmax(scores, dim=-1) @ values
