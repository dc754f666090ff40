"""In float64: the test without a division, the second draw by the inverse of the cumulative sum."""

import numpy as np


def accept_or_resample(target, draft, token, rng):
    u, v = rng.random(2)
    p, q = target.astype(np.float64), draft.astype(np.float64)
    if u * q[token] < p[token]:
        return np.True_, token
    edges = np.where(p > q, p - q, 0.0).cumsum()
    return np.False_, np.searchsorted(edges, v * edges[-1], side="right")
