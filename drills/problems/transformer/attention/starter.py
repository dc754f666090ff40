"""Scaled dot-product attention."""

import numpy as np


def attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Return softmax(q kᵀ / √D) v.

    q: (..., Tq, D), k: (..., Tk, D), v: (..., Tk, Dv); the result is (..., Tq, Dv) in q's dtype.
    mask: boolean, broadcasts to (..., Tq, Tk), True where attention is allowed.
    """
    raise NotImplementedError
