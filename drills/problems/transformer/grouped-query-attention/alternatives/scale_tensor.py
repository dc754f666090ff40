"""Heads by `torch.repeat_interleave`, the scale as a float32 tensor, a mask of minus infinities that is added."""

import torch


def grouped_query_attention(q, k, v, causal=True):
    n_rep = q.size(1) // k.size(1)
    k = torch.repeat_interleave(k, n_rep, dim=1)
    v = torch.repeat_interleave(v, n_rep, dim=1)
    scores = torch.matmul(q, k.mT) / torch.sqrt(
        torch.tensor(q.size(-1), dtype=torch.float32, device=q.device)
    )
    if causal:
        blocked = torch.full(scores.shape[-2:], float("-inf"), device=q.device)
        scores = scores + torch.triu(blocked, diagonal=1)
    return torch.matmul(torch.softmax(scores, dim=-1), v)
