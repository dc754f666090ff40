"""InfoNCE (van den Oord et al. 2018, eq. 4) with in-batch negatives (Karpukhin et al. 2020, §3.2)."""

import torch
import torch.nn.functional as F
from torch import Tensor


def info_nce(queries: Tensor, keys: Tensor, temperature: float = 0.07) -> Tensor:
    """Return the mean over the batch, a scalar, of each query's cross-entropy over all keys."""
    q = F.normalize(queries, dim=-1)
    k = F.normalize(keys, dim=-1)
    logits = q @ k.T / temperature  # (B, B): row i holds query i against every key
    targets = torch.arange(len(logits), device=logits.device)  # the diagonal
    return F.cross_entropy(logits, targets)
