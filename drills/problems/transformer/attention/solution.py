"""Scaled dot-product attention (Vaswani et al. 2017, §3.2.1)."""

import numpy as np


def attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Return softmax(q kᵀ / √D) v; a query with nothing allowed gives zeros."""
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]).astype(q.dtype)  # (..., Tq, Tk)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)  # (..., Tq, 1)
    top = np.where(np.isfinite(top), top, 0)  # -inf - -inf would be NaN
    weights = np.exp(scores - top)
    total = weights.sum(axis=-1, keepdims=True)
    weights = weights / np.where(total == 0, 1, total)
    return (weights @ v).astype(q.dtype)  # (..., Tq, Dv)
