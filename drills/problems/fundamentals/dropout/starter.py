"""Inverted dropout."""

import numpy as np


def dropout(x: np.ndarray, p: float, rng: np.random.Generator, training: bool = True) -> np.ndarray:
    """Return x with each element dropped with probability p and the others divided by 1 − p.

    x: any shape; the result has its shape and dtype. In evaluation (training=False) the result equals x.
    """
    raise NotImplementedError
