"""Layer normalisation backward."""

import numpy as np


def layer_norm_backward(
    grad_out: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_x, grad_gamma, grad_beta) of y = gamma · (x − μ) / √(σ² + eps) + beta.

    grad_out and x: (..., D), gamma: (D,); grad_x is (..., D), grad_gamma and grad_beta are (D,).
    """
    raise NotImplementedError
