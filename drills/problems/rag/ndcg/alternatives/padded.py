"""Padded with zeros to length k, then two dot products."""

import numpy as np


def ndcg_at_k(relevances, k):
    rel = np.zeros(max(k, len(relevances)))
    rel[: len(relevances)] = relevances
    weights = np.where(np.arange(rel.size) < k, 1 / np.log2(np.arange(rel.size) + 2), 0)
    actual = weights @ np.expm1(rel * np.log(2))
    ideal = weights @ np.expm1(-np.sort(-rel) * np.log(2))
    return np.float64(0) if ideal == 0 else actual / ideal
