import torch


def prefix_attention(q, k, v, prefix_k, prefix_v):
    batch, _, length, depth = q.shape
    past = prefix_k.shape[1]
    keys = torch.cat([k, prefix_k.expand(batch, -1, -1, -1)], dim=2)
    values = torch.cat([v, prefix_v.expand(batch, -1, -1, -1)], dim=2)
    scores = q @ keys.transpose(-2, -1) / depth**0.5
    allowed = torch.ones(length, length + past, dtype=torch.bool, device=q.device).tril()
    scores = scores.masked_fill(~allowed, float("-inf"))
    return torch.softmax(scores, dim=-1) @ values
