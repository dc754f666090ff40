"""Layer normalisation backward: the gradient through the values, the mean and the variance."""

import numpy as np


def layer_norm_backward(
    grad_out: np.ndarray, x: np.ndarray, gamma: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_x, grad_gamma, grad_beta) of y = gamma · (x − μ) / √(σ² + eps) + beta."""
    centred = x - x.mean(axis=-1, keepdims=True)
    root = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)  # (..., 1)
    x_hat = centred / root  # (..., D), computed again

    grad_gamma, grad_beta = grad_out * x_hat, grad_out
    if x.ndim > 1:
        grad_gamma, grad_beta = grad_gamma.sum(axis=0), grad_beta.sum(axis=0)

    g = grad_out * gamma  # the gradient of x_hat
    through_mean = g.mean(axis=-1, keepdims=True)
    through_variance = x_hat * (g * x_hat).mean(axis=-1, keepdims=True)
    grad_x = (g - through_mean - through_variance) / root
    return tuple(grad.astype(grad_out.dtype) for grad in (grad_x, grad_gamma, grad_beta))
