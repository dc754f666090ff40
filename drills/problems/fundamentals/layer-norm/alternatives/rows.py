"""Row by row in Python floats, with exact sums."""

import math

import numpy as np


def layer_norm(x, gamma, beta, eps=1e-5):
    out = np.empty_like(x)
    width = x.shape[-1]
    for index in np.ndindex(x.shape[:-1]):
        row = [float(value) for value in x[index]]
        mean = math.fsum(row) / width
        root = math.sqrt(math.fsum((value - mean) ** 2 for value in row) / width + eps)
        for i, value in enumerate(row):
            out[(*index, i)] = (value - mean) / root * gamma[i] + beta[i]
    return out
