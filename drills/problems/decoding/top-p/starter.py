"""Top-p (nucleus) filtering."""

import numpy as np


def top_p_filter(probs: np.ndarray, p: float) -> np.ndarray:
    """Keep, in each row, the smallest set of most likely tokens whose sum is ≥ p, and renormalise.

    probs: (..., V), each row sums to 1; the result has the same shape and dtype, 0 where a token is dropped.
    0 < p ≤ 1. Ties go to the lower index; p = 1 keeps all.
    """
    raise NotImplementedError
