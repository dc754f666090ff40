"""Attention by online softmax."""

import numpy as np


def flash_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, block_size: int) -> np.ndarray:
    """Return softmax(q kᵀ / √D) v, (Tq, Dv) in q's dtype, in one pass over blocks of `block_size` keys.

    q: (Tq, D), k: (Tk, D), v: (Tk, Dv). The (Tq, Tk) matrix of scores is never held as a whole.
    """
    raise NotImplementedError
