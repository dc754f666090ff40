"""Back-propagation through average pooling: each window shares its gradient equally."""

import numpy as np


def avg_pool2d_backward(
    grad_out: np.ndarray,
    x_shape: tuple[int, int, int, int],
    kernel_size: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return dL/dx for avg_pool2d; every cell of a window receives gradient / divisor."""
    stride = kernel_size if stride is None else stride
    n, c, height, width = x_shape
    inside = np.zeros((height + 2 * padding, width + 2 * padding), dtype=grad_out.dtype)
    inside[padding : padding + height, padding : padding + width] = 1  # the cells of the image
    grad_padded = np.zeros((n, c, *inside.shape), dtype=grad_out.dtype)  # (N, C, H + 2P, W + 2P)
    for i in range(grad_out.shape[2]):
        for j in range(grad_out.shape[3]):
            rows = slice(i * stride, i * stride + kernel_size)
            cols = slice(j * stride, j * stride + kernel_size)
            cells = kernel_size**2 if count_include_pad else inside[rows, cols].sum()
            grad_padded[:, :, rows, cols] += grad_out[:, :, i, j, None, None] / cells  # (N, C, 1, 1)
    return grad_padded[:, :, padding : padding + height, padding : padding + width]
