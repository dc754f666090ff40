"""Clipping by global norm (Pascanu et al. 2013)."""

import numpy as np


def clip_grad_norm(grads: list[np.ndarray], max_norm: float) -> tuple[list[np.ndarray], float]:
    """Scale all gradients by max_norm / norm where their joint norm is larger; returns that norm, too."""
    total_norm = float(np.sqrt(sum(np.sum(np.square(grad, dtype=np.float64)) for grad in grads)))
    if total_norm <= max_norm:
        return [grad.copy() for grad in grads], total_norm
    scale = max_norm / total_norm
    return [(grad * scale).astype(grad.dtype) for grad in grads], total_norm
