"""Affine uint8 quantisation of a whole tensor: a scale and a zero point."""

import numpy as np


def quantize_affine(x: np.ndarray) -> tuple[np.ndarray, np.floating, int]:
    """Return (q, scale, zero_point): q uint8 in the shape of x, a float in the dtype of x, an int in 0 … 255.

    x: any shape, not empty. One scale and one zero point for the whole tensor; 0.0 must have a code of its own.
    """
    raise NotImplementedError


def dequantize_affine(q: np.ndarray, scale: np.floating, zero_point: int) -> np.ndarray:
    """Return the floats that q stands for, in the shape of q."""
    raise NotImplementedError
