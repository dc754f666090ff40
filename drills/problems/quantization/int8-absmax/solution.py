"""Symmetric int8 quantisation by row (absmax; LLM.int8(), §2.1)."""

import numpy as np


def quantize_absmax(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return int8 codes (R, C) and one scale for each row, (R, 1)."""
    absmax = np.abs(x).max(axis=1, keepdims=True)  # (R, 1)
    scale = np.where(absmax == 0, 1, absmax / 127).astype(x.dtype)
    q = np.rint(x / scale)  # half to even, within ±127
    return q.astype(np.int8), scale


def dequantize_absmax(q: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return q · scale, in the dtype of scale."""
    return q.astype(scale.dtype) * scale
