import torch


def prefix_attention(q, k, v, prefix_k, prefix_v):
    length, depth = q.shape[-2:]
    scores = q @ k.transpose(-2, -1) / depth**0.5
    future = torch.ones(length, length, dtype=torch.bool, device=q.device).triu(1)
    own = torch.softmax(scores.masked_fill(future, float("-inf")), dim=-1) @ v
    prefix = torch.softmax(q @ prefix_k.transpose(-2, -1) / depth**0.5, dim=-1) @ prefix_v
    return own + prefix
