"""Average pooling in two dimensions (as torch.nn.AvgPool2d)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def window_sums(x: np.ndarray, kernel_size: int, stride: int, padding: int) -> np.ndarray:
    """The sum of each K × K window, zeros outside the image: (N, C, H, W) -> (N, C, H', W')."""
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border))  # (N, C, H + 2P, W + 2P)
    windows = sliding_window_view(padded, (kernel_size, kernel_size), axis=(2, 3))  # (N, C, ·, ·, K, K)
    return windows[:, :, ::stride, ::stride].sum(axis=(-2, -1))


def avg_pool2d(
    x: np.ndarray,
    kernel_size: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return the mean of each window; count_include_pad says whether the padding counts as cells."""
    stride = kernel_size if stride is None else stride
    sums = window_sums(x, kernel_size, stride, padding)
    if count_include_pad:
        return sums / kernel_size**2
    cells = window_sums(np.ones_like(x[:1, :1]), kernel_size, stride, padding)  # (1, 1, H', W')
    return sums / cells
