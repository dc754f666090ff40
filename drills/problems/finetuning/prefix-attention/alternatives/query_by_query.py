"""No mask: each query meets the prefix and a slice of the sequence, one sequence at a time."""

import torch


def _one(q, k, v):
    """(H, Dh) over (H, N, Dh)."""
    weights = torch.softmax((k * q[:, None]).sum(-1) * q.shape[-1] ** -0.5, dim=-1)
    return (weights[..., None] * v).sum(1)


def prefix_attention(q, k, v, prefix_k, prefix_v):
    batch = []
    for qb, kb, vb in zip(q, k, v, strict=True):  # (H, T, Dh)
        rows = []
        for t in range(qb.shape[1]):
            keys = torch.cat((prefix_k, kb[:, : t + 1]), 1)
            values = torch.cat((prefix_v, vb[:, : t + 1]), 1)
            rows.append(_one(qb[:, t], keys, values))
        batch.append(torch.stack(rows, dim=1))
    return torch.stack(batch)
