"""One query at a time over flattened batch axes, with Python's own loop."""

import numpy as np


def attention(q, k, v, mask=None):
    *lead, n_q, depth = q.shape
    n_k, width = k.shape[-2], v.shape[-1]
    allowed = (
        np.ones((*lead, n_q, n_k), dtype=bool) if mask is None else np.broadcast_to(mask, (*lead, n_q, n_k))
    )
    out = np.zeros((*lead, n_q, width), dtype=q.dtype)
    for index in np.ndindex(*lead):
        for i in range(n_q):
            keys = np.flatnonzero(allowed[index][i])
            if keys.size == 0:
                continue
            scores = k[index][keys] @ q[index][i] / depth**0.5
            weights = np.exp(scores - scores.max())
            out[index][i] = (weights / weights.sum()) @ v[index][keys]
    return out
