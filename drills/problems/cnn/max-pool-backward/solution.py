"""Back-propagation through max pooling: each window's gradient goes to its maximum."""

import numpy as np


def max_pool2d_backward(
    grad_out: np.ndarray, x: np.ndarray, kernel_size: int, stride: int | None = None, padding: int = 0
) -> np.ndarray:
    """Return dL/dx for max_pool2d; the first maximum of a window takes all, overlapping windows add up."""
    stride = kernel_size if stride is None else stride
    n, c, height, width = x.shape
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border), constant_values=-np.inf)  # (N, C, H + 2P, W + 2P)
    grad_padded = np.zeros(padded.shape, dtype=grad_out.dtype)
    image, channel = np.ogrid[:n, :c]  # (N, 1), (1, C)
    for i in range(grad_out.shape[2]):
        for j in range(grad_out.shape[3]):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + kernel_size, left : left + kernel_size]  # (N, C, K, K)
            first = window.reshape(n, c, -1).argmax(axis=-1)  # (N, C), row-major
            row, col = top + first // kernel_size, left + first % kernel_size
            grad_padded[image, channel, row, col] += grad_out[:, :, i, j]
    return grad_padded[:, :, padding : padding + height, padding : padding + width]
