"""Top-k filtering."""

import numpy as np


def top_k_filter(logits: np.ndarray, k: int) -> np.ndarray:
    """Keep the k largest logits of each row and set the others to -inf.

    logits: (..., V); the result has the same shape and dtype. k ≥ 1 may exceed V. Exactly min(k, V) logits
    survive in each row, unchanged and in their places; ties go to the lower index.
    """
    raise NotImplementedError
