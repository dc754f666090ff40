"""Gradient clipping by global norm."""

import numpy as np


def clip_grad_norm(grads: list[np.ndarray], max_norm: float) -> tuple[list[np.ndarray], float]:
    """Scale all gradients by one factor so that their global L2 norm is at most max_norm.

    Returns the gradients (shapes and dtypes kept) and the norm before clipping. Gradients within the limit come back
    with their values unchanged.
    """
    raise NotImplementedError
