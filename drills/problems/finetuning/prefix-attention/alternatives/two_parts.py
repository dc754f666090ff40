"""Prefix and sequence scored apart, joined by one log-sum-exp: the prefix is never copied over the batch."""

import math

import torch


def prefix_attention(q, k, v, prefix_k, prefix_v):
    t = q.size(-2)
    q = q / math.sqrt(q.size(-1))
    s_prefix = torch.einsum("bhtd,hpd->bhtp", q, prefix_k)
    future = torch.full((t, t), -math.inf, dtype=q.dtype, device=q.device).triu(1)
    s_own = torch.einsum("bhtd,bhsd->bhts", q, k) + future
    total = torch.logaddexp(s_prefix.logsumexp(-1, keepdim=True), s_own.logsumexp(-1, keepdim=True))
    from_prefix = torch.einsum("bhtp,hpd->bhtd", torch.exp(s_prefix - total), prefix_v)
    return from_prefix + torch.einsum("bhts,bhsd->bhtd", torch.exp(s_own - total), v)
