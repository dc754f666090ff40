"""Max pooling in two dimensions (as torch.nn.MaxPool2d)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool2d(x: np.ndarray, kernel_size: int, stride: int | None = None, padding: int = 0) -> np.ndarray:
    """Return the maximum of each K × K window; windows start `stride` cells apart."""
    stride = kernel_size if stride is None else stride
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border), constant_values=-np.inf)  # (N, C, H + 2P, W + 2P)
    windows = sliding_window_view(padded, (kernel_size, kernel_size), axis=(2, 3))  # (N, C, ·, ·, K, K)
    return windows[:, :, ::stride, ::stride].max(axis=(-2, -1))  # (N, C, H', W')
