"""Average pooling in two dimensions."""

import numpy as np


def avg_pool2d(
    x: np.ndarray,
    kernel_size: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return the mean of each kernel_size × kernel_size window; the padding is zero.

    x: (N, C, H, W); the result is (N, C, H', W') in x's dtype, H' = (H + 2P − K) // S + 1.
    stride: None means kernel_size. count_include_pad: False divides by the cells inside the image only.
    """
    raise NotImplementedError
