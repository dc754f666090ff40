"""Inverted dropout (Srivastava et al. 2014, scaled in training so that evaluation does nothing)."""

import numpy as np


def dropout(x: np.ndarray, p: float, rng: np.random.Generator, training: bool = True) -> np.ndarray:
    """Return x with each element dropped with probability p and the others divided by 1 − p."""
    if not training:
        return x
    if p == 1:
        return np.zeros_like(x)  # 1 / (1 − p) would be infinite
    keep = rng.random(x.shape) >= p  # random() is in [0, 1): true with probability 1 − p
    return np.where(keep, x / (1 - p), 0).astype(x.dtype)
