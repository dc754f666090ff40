"""Temperature: from logits to probabilities."""

import numpy as np


def apply_temperature(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return softmax(logits / temperature) over the last axis.

    logits: (..., V); the probabilities have the same shape and dtype. temperature ≥ 0, and 0 is greedy:
    all mass on the first maximum of each row.
    """
    raise NotImplementedError
