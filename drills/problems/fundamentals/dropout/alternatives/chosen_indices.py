"""A binomial number of dropped elements, at places chosen without replacement: independent as well."""

import numpy as np


def dropout(x, p, rng, training=True):
    out = np.array(x)
    if training and p > 0:
        dropped = rng.choice(out.size, size=rng.binomial(out.size, p), replace=False)
        if p < 1:
            out /= 1 - p
        out.reshape(-1)[dropped] = 0
    return out
