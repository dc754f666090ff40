"""NDCG at k, with exponential gain (Burges et al. 2005)."""

from collections.abc import Sequence

import numpy as np


def ndcg_at_k(relevances: Sequence[float], k: int) -> float:
    """Discounted cumulative gain of the first k results over that of the ideal order."""
    gains = 2.0 ** np.asarray(relevances, dtype=np.float64) - 1
    ideal = np.sort(gains)[::-1]
    discounts = np.log2(np.arange(2, len(gains) + 2))
    best = np.sum((ideal / discounts)[:k])
    if best == 0:
        return 0.0
    return float(np.sum((gains / discounts)[:k]) / best)
