"""Divided by the maximum first; the ratio is compared, and the scale cancels."""

import numpy as np


def min_p_filter(probs, min_p):
    ratio = probs / np.amax(probs, axis=-1)[..., None]
    ratio = ratio * (ratio >= probs.dtype.type(min_p))
    return ratio / np.sum(ratio, -1, keepdims=True)
