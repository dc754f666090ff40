"""NF4: blockwise 4-bit quantisation to quantiles of the normal distribution."""

import numpy as np

LEVELS = np.array(
    [
        [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
        [-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0],
        [0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
        [0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0],
    ]
).ravel()


def quantize_nf4(x: np.ndarray, block_size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Return (codes, absmax): codes (n,) uint8, absmax (ceil(n / block_size),) in the dtype of x.

    x: (n,), n ≥ 1. A code is the index of the level nearest to the value divided by its block's absmax.
    """
    raise NotImplementedError


def dequantize_nf4(codes: np.ndarray, absmax: np.ndarray, block_size: int = 64) -> np.ndarray:
    """Return the values (n,) that the codes stand for."""
    raise NotImplementedError
