"""The backward pass of scaled dot-product attention (Dao et al. 2022, appendix B.2)."""

import numpy as np


def attention_backward(
    grad_out: np.ndarray, q: np.ndarray, k: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_q, grad_k, grad_v) of softmax(q kᵀ / √D) v, given grad_out: (..., Tq, Dv)."""
    scale = q.shape[-1] ** -0.5
    scores = scale * (q @ np.swapaxes(k, -1, -2))  # (..., Tq, Tk)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)  # P, computed again

    grad_v = np.swapaxes(weights, -1, -2) @ grad_out  # dV = Pᵀ dO
    grad_weights = grad_out @ np.swapaxes(v, -1, -2)  # dP = dO Vᵀ
    mean = (weights * grad_weights).sum(axis=-1, keepdims=True)  # (..., Tq, 1)
    grad_scores = weights * (grad_weights - mean)  # dS, through the softmax
    grad_q = scale * (grad_scores @ k)
    grad_k = scale * (np.swapaxes(grad_scores, -1, -2) @ q)
    return grad_q, grad_k, grad_v
