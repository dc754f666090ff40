"""Affine uint8 quantisation of a whole tensor (Jacob et al. 2018, §2.1 and §3)."""

import numpy as np


def quantize_affine(x: np.ndarray) -> tuple[np.ndarray, np.floating, int]:
    """Return uint8 codes in the shape of x, the scale and the code that stands for 0.0."""
    lo = min(x.min(), 0)  # the range always holds 0.0, so that it has a code
    hi = max(x.max(), 0)
    scale = x.dtype.type((hi - lo) / 255 or 1)  # 256 codes, 255 steps between them
    zero_point = int(np.rint(-lo / scale))
    q = np.rint(x / scale) + zero_point  # 256 where both roundings go up
    return np.clip(q, 0, 255).astype(np.uint8), scale, zero_point


def dequantize_affine(q: np.ndarray, scale: np.floating, zero_point: int) -> np.ndarray:
    """Return scale · (q - zero_point)."""
    return (q.astype(np.int16) - zero_point) * scale  # a difference of codes may be negative
