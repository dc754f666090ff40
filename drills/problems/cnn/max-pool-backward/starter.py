"""Back-propagation through max pooling."""

import numpy as np


def max_pool2d_backward(
    grad_out: np.ndarray, x: np.ndarray, kernel_size: int, stride: int | None = None, padding: int = 0
) -> np.ndarray:
    """Return the gradient of the loss with respect to x.

    grad_out: (N, C, H', W'), the gradient with respect to max_pool2d(x, kernel_size, stride, padding).
    x: (N, C, H, W), the input of the forward pass; the result has its shape and grad_out's dtype.
    In a tie the first maximum of the window in row-major order takes all.
    """
    raise NotImplementedError
