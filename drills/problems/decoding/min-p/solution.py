"""Min-p filtering (Nguyen et al. 2024, §3)."""

import numpy as np


def min_p_filter(probs: np.ndarray, min_p: float) -> np.ndarray:
    """Zero the tokens below min_p times the row's largest probability, and renormalise; probs (..., V)."""
    top = probs.max(axis=-1, keepdims=True)  # (..., 1)
    kept = np.where(probs >= min_p * top, probs, 0)
    return (kept / kept.sum(axis=-1, keepdims=True)).astype(probs.dtype)
