"""A boolean tril with a diagonal, where, and exponentials that are masked a second time."""

import torch


def causal_attention(q, k, v):
    n_q, n_k = q.shape[2], k.shape[2]
    allowed = torch.ones(n_q, n_k, dtype=torch.bool, device=q.device).tril(n_k - n_q)
    scores = torch.matmul(q, k.permute(0, 1, 3, 2)) * (1.0 / q.shape[3] ** 0.5)
    scores = torch.where(allowed, scores, torch.finfo(scores.dtype).min)
    weights = torch.exp(scores - scores.max(dim=-1, keepdim=True).values.detach()) * allowed
    return torch.matmul(weights / weights.sum(dim=-1, keepdim=True), v)
