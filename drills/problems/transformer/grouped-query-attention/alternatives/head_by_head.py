"""One query head at a time over (B, T, Dh), with the index of its key-value head written out."""

import torch


def grouped_query_attention(q, k, v, causal=True):
    group = q.shape[1] // k.shape[1]
    t = q.shape[2]
    seen = torch.tril(torch.ones(t, t, dtype=torch.bool, device=q.device))
    heads = []
    for i in range(q.shape[1]):
        own_k, own_v = k[:, i // group], v[:, i // group]
        scores = torch.bmm(q[:, i], own_k.mT) * q.shape[3] ** -0.5
        if causal:
            scores = torch.where(seen, scores, torch.finfo(scores.dtype).min)
        weights = torch.exp(scores - scores.amax(-1, keepdim=True).detach())
        if causal:
            weights = weights * seen
        heads.append(torch.bmm(weights / weights.sum(-1, keepdim=True), own_v))
    return torch.stack(heads, dim=1)
