"""Layer normalisation (Ba, Kiros & Hinton 2016, §3)."""

import numpy as np


def layer_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Return gamma · (x − μ) / √(σ² + eps) + beta, with μ and the biased σ² over the last axis."""
    mean = x.mean(axis=-1, keepdims=True)  # (..., 1)
    centred = x - mean  # before squaring: E[x²] − μ² would cancel
    variance = (centred**2).mean(axis=-1, keepdims=True)  # (..., 1)
    normalised = centred / np.sqrt(variance + eps)  # (..., D)
    return (gamma * normalised + beta).astype(x.dtype)
