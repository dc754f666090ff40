"""The backward pass of scaled dot-product attention."""

import numpy as np


def attention_backward(
    grad_out: np.ndarray, q: np.ndarray, k: np.ndarray, v: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_q, grad_k, grad_v) of out = softmax(q kᵀ / √D) v.

    grad_out: (..., Tq, Dv), the gradient of the loss with respect to out;
    q: (..., Tq, D), k: (..., Tk, D), v: (..., Tk, Dv). Each gradient has the shape of what it belongs to.
    """
    raise NotImplementedError
