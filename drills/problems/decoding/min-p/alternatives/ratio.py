"""Each probability relative to the row's largest, in float64, in place on a copy."""

import numpy as np


def min_p_filter(probs, min_p):
    out = probs.astype(np.float64, copy=True)
    ratio = out / out.max(axis=-1)[..., None]
    out[ratio < min_p] = 0.0
    out /= out.sum(axis=-1)[..., np.newaxis]
    return out.astype(probs.dtype, copy=False)
