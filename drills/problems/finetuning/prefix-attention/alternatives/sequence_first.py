"""The prefix behind the sequence, repeated over the batch, and a boolean mask made of two blocks."""

import torch


def prefix_attention(q, k, v, prefix_k, prefix_v):
    b, h, t, d = q.shape
    p = prefix_k.shape[-2]
    k = torch.cat([k, prefix_k.unsqueeze(0).repeat(b, 1, 1, 1)], dim=-2).reshape(b * h, t + p, d)
    v = torch.cat([v, prefix_v.unsqueeze(0).repeat(b, 1, 1, 1)], dim=-2).reshape(b * h, t + p, d)
    position = torch.arange(t, device=q.device)
    causal = position[None, :] <= position[:, None]
    mask = torch.cat([causal, torch.ones(t, p, dtype=torch.bool, device=q.device)], dim=1)
    scores = torch.bmm(q.reshape(b * h, t, d), k.mT).div(d**0.5)
    scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask
    out = torch.bmm(weights / weights.sum(-1, keepdim=True), v)
    return out.view(b, h, t, d)
