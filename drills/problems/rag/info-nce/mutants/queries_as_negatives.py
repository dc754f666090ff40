import torch
import torch.nn.functional as F


def info_nce(queries, keys, temperature=0.07):
    q, k = F.normalize(queries, dim=-1), F.normalize(keys, dim=-1)
    own = torch.eye(len(q), dtype=torch.bool, device=q.device)
    among_queries = (q @ q.T / temperature).masked_fill(own, float("-inf"))
    logits = torch.cat([q @ k.T / temperature, among_queries], dim=1)
    return F.cross_entropy(logits, torch.arange(len(q), device=q.device))
