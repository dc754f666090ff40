"""One unit of one example at a time, in Python floats."""

import math

import numpy as np


def sigmoid(a):
    return 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))


def affine(weights, values, bias):
    return float(bias) + math.fsum(float(w) * float(v) for w, v in zip(weights, values, strict=True))


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    size = h.shape[1]
    out = np.zeros_like(h)
    for n, u in np.ndindex(h.shape):
        rows = (u, size + u, 2 * size + u)
        x_r, x_z, x_n = (affine(w_ih[k], x[n], b_ih[k]) for k in rows)
        h_r, h_z, h_n = (affine(w_hh[k], h[n], b_hh[k]) for k in rows)
        z = sigmoid(x_z + h_z)
        out[n, u] = (1 - z) * math.tanh(x_n + sigmoid(x_r + h_r) * h_n) + z * float(h[n, u])
    return out
