"""Key-value heads copied for each query head, as in Hugging Face's repeat_kv; an additive mask, scaled queries."""

import math

import torch
import torch.nn.functional as F


def repeat_kv(x, n_rep):
    b, h, t, d = x.shape
    return x[:, :, None].expand(b, h, n_rep, t, d).reshape(b, h * n_rep, t, d)


def grouped_query_attention(q, k, v, causal=True):
    _, hq, t, d = q.shape
    n_rep = hq // k.size(1)
    k, v = repeat_kv(k, n_rep), repeat_kv(v, n_rep)
    scores = torch.matmul(q / math.sqrt(d), k.transpose(2, 3))
    if causal:
        scores = scores + torch.full((t, t), -math.inf, dtype=q.dtype, device=q.device).triu(1)
    return torch.matmul(F.softmax(scores, dim=-1), v)
