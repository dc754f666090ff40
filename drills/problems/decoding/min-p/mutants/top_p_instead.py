import numpy as np


def min_p_filter(probs, min_p):
    order = np.argsort(-probs, axis=-1, kind="stable")
    ranked = np.take_along_axis(probs, order, axis=-1)
    ahead = ranked.cumsum(axis=-1) - ranked
    kept = np.where(ahead <= 1 - min_p, ranked, 0)
    out = np.empty_like(probs)
    np.put_along_axis(out, order, kept, axis=-1)
    return out / out.sum(axis=-1, keepdims=True)
