"""Temperature: softmax(logits / T) (Hinton et al. 2015, §2, eq. 1)."""

import numpy as np


def apply_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return softmax(logits / temperature) over the last axis; temperature 0 is greedy."""
    if temperature == 0:
        best = logits.argmax(axis=-1)  # (...), the first maximum
        return np.eye(logits.shape[-1], dtype=logits.dtype)[best]  # (..., V), one-hot
    top = logits.max(axis=-1, keepdims=True)  # (..., 1)
    weights = np.exp((logits - top) / temperature)  # at most 1: no overflow
    return weights / weights.sum(axis=-1, keepdims=True)  # (..., V)
