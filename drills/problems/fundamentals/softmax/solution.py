"""Numerically stable softmax (Goodfellow et al., Deep Learning, §4.1)."""

import numpy as np


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return exp(x) / sum(exp(x)) along `axis`; finite however large x is."""
    top = x.max(axis=axis, keepdims=True)
    weights = np.exp(x - top)  # at most 1: no overflow, and the sum is at least 1
    return weights / weights.sum(axis=axis, keepdims=True)
