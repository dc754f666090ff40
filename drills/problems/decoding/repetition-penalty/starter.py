"""The repetition penalty."""

import numpy as np


def apply_repetition_penalty(logits: np.ndarray, token_ids: np.ndarray, penalty: float) -> np.ndarray:
    """Make the tokens that occurred in their sequence less likely (penalty > 1), each of them once.

    logits: (B, V); the result has the same shape and dtype. token_ids: (B, T) integers in [0, V); T may be 0.
    A penalty ≤ 0 is a ValueError.
    """
    raise NotImplementedError
