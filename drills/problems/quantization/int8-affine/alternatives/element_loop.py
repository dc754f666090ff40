"""One value at a time in Python, halves rounded up; multiplies by the inverse of the scale."""

import math

import numpy as np


def quantize_affine(x):
    values = [0.0, *x.ravel().tolist()]
    span = max(values) - min(values)
    inverse = 255 / span if span else 1.0
    zero_point = math.floor(-min(values) * inverse + 0.5)
    q = np.empty(x.shape, dtype=np.uint8)
    for index in np.ndindex(x.shape):
        code = math.floor(float(x[index]) * inverse + 0.5) + zero_point
        q[index] = max(0, min(255, code))
    return q, x.dtype.type(1 / inverse), zero_point


def dequantize_affine(q, scale, zero_point):
    out = np.zeros(q.shape, dtype=np.asarray(scale).dtype)
    for index, code in np.ndenumerate(q):
        out[index] = (int(code) - zero_point) * scale
    return out
