"""The group folded into the query axis, so that each key-value head does one product; positions repeat in the mask."""

import torch
from torch import Tensor


def grouped_query_attention(q: Tensor, k: Tensor, v: Tensor, causal: bool = True) -> Tensor:
    batch, heads, length, depth = q.shape
    kv_heads = k.shape[1]
    folded = q.reshape(batch, kv_heads, -1, depth)  # (B, Hkv, G·T, Dh)
    scores = torch.einsum("bhqd,bhkd->bhqk", folded, k) / depth**0.5
    if causal:
        position = torch.arange(length, device=q.device)
        query = position.repeat(heads // kv_heads)
        scores = scores.masked_fill(position[None, :] > query[:, None], -torch.inf)
    weights = (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()
    return torch.einsum("bhqk,bhkd->bhqd", weights, v).reshape(q.shape)
