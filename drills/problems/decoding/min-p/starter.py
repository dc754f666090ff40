"""Min-p filtering."""

import numpy as np


def min_p_filter(probs: np.ndarray, min_p: float) -> np.ndarray:
    """Keep, in each row, the tokens with p_i ≥ min_p · max p, and renormalise.

    probs: (..., V), each row sums to 1; the result has the same shape and dtype, 0 where a token is dropped.
    0 ≤ min_p ≤ 1.
    """
    raise NotImplementedError
