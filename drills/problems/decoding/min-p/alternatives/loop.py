"""One row at a time in plain Python."""

import math

import numpy as np


def min_p_filter(probs, min_p):
    out = np.zeros_like(probs)
    for index in np.ndindex(probs.shape[:-1]):
        row = probs[index].tolist()
        bar = min_p * max(row)
        total = math.fsum(p for p in row if p >= bar)
        for i, p in enumerate(row):
            if p >= bar:
                out[(*index, i)] = p / total
    return out
