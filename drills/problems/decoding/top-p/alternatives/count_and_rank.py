"""How many to keep by counting, each token's rank by a second argsort; float64 inside."""

import numpy as np


def top_p_filter(probs, p):
    exact = probs.astype(np.float64)
    vocab = probs.shape[-1]
    order = np.argsort(-exact, axis=-1, kind="stable")
    cumulative = np.cumsum(np.take_along_axis(exact, order, axis=-1), axis=-1)
    size = (cumulative < p).sum(axis=-1, keepdims=True) + 1  # may be V + 1 when rounding stays below p
    rank = np.argsort(order, axis=-1)
    kept = np.where((rank < size) | (p == 1), exact, 0.0)
    return (kept / kept.sum(axis=-1).reshape(*probs.shape[:-1], 1)).astype(probs.dtype)
