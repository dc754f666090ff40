"""Symmetric int8 quantisation with one scale for each row (absmax)."""

import numpy as np


def quantize_absmax(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (q, scale): q int8 of the shape of x, scale (R, 1) in the dtype of x.

    x: (R, C). A row of zeros has scale 1.
    """
    raise NotImplementedError


def dequantize_absmax(q: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the values that q (R, C) stands for, in the dtype of scale (R, 1)."""
    raise NotImplementedError
