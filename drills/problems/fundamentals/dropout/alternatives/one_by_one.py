"""One element at a time."""

import numpy as np


def dropout(x, p, rng, training=True):
    if not training:
        return x
    out = np.zeros_like(x)
    flat, result = x.ravel(), out.reshape(-1)
    for i, draw in enumerate(rng.uniform(size=flat.size)):
        if draw < 1.0 - p:
            result[i] = flat[i] / (1.0 - p)
    return out
