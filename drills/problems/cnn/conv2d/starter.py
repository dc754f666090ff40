"""2-D convolution (cross-correlation)."""

import numpy as np


def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Cross-correlate each image with each kernel.

    x: (N, Cin, H, W), weight: (Cout, Cin, Kh, Kw), bias: (Cout,) or None; the result is (N, Cout, H', W') in
    x's dtype, H' = ⌊(H + 2·padding − dilation·(Kh − 1) − 1) / stride⌋ + 1 and W' likewise.
    """
    raise NotImplementedError
