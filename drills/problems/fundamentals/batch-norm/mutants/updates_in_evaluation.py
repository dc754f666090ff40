"""Batch normalisation (Ioffe & Szegedy 2015, Algorithms 1 and 2), as PyTorch does it."""

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
    """Return (y, new_running_mean, new_running_var)."""
    mean, var = running_mean, running_var  # (D,)
    if training:
        mean = x.mean(axis=0)
        var = ((x - mean) ** 2).mean(axis=0)  # biased: it describes this batch
    x_hat = (x - mean) / np.sqrt(var + eps)  # (N, D)

    n = x.shape[0]
    batch_mean = x.mean(axis=0)
    unbiased = ((x - batch_mean) ** 2).sum(axis=0) / max(n - 1, 1)
    running_mean = (1 - momentum) * running_mean + momentum * batch_mean
    running_var = (1 - momentum) * running_var + momentum * unbiased
    y = gamma * x_hat + beta
    return y.astype(x.dtype), running_mean.astype(x.dtype), running_var.astype(x.dtype)
