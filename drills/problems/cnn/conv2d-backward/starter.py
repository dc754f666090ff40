"""Back-propagation through a 2-D convolution."""

import numpy as np


def conv2d_backward(
    grad_out: np.ndarray, x: np.ndarray, weight: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_x, grad_weight, grad_bias) for y = conv2d(x, weight, bias, stride, padding).

    grad_out: (N, Cout, H', W'), x: (N, Cin, H, W), weight: (Cout, Cin, Kh, Kw); the gradients have the shapes of
    x, of weight and (Cout,), in the dtype of grad_out.
    """
    raise NotImplementedError
