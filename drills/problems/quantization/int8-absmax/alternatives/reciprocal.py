"""Multiplies by 127 / absmax instead of dividing by the scale; zero rows are patched afterwards."""

import numpy as np


def quantize_absmax(x):
    top = np.max(np.abs(x), axis=1)
    safe = np.where(top > 0, top, x.dtype.type(127))
    q = np.around(x * (x.dtype.type(127) / safe)[:, None]).astype(np.int8)
    return q, (safe / x.dtype.type(127))[:, None]


def dequantize_absmax(q, scale):
    return (scale.T * q.T).T
