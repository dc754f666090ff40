"""Batch normalisation."""

import numpy as np


def batch_norm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (y, new_running_mean, new_running_var).

    x: (N, D); all others (D,). Training normalises with the batch's biased variance and tracks the unbiased one;
    evaluation normalises with the running statistics, which come back unchanged.
    """
    raise NotImplementedError
