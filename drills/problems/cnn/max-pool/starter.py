"""Max pooling in two dimensions."""

import numpy as np


def max_pool2d(x: np.ndarray, kernel_size: int, stride: int | None = None, padding: int = 0) -> np.ndarray:
    """Return the maximum of each kernel_size × kernel_size window.

    x: (N, C, H, W); the result is (N, C, H', W') in x's dtype, H' = (H + 2P − K) // S + 1.
    stride: None means kernel_size. padding: cells on each side, which are never the maximum.
    """
    raise NotImplementedError
