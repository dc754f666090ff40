import numpy as np


def top_p_filter(probs, p):
    order = np.argsort(-probs, axis=-1, kind="stable")
    ranked = np.take_along_axis(probs, order, axis=-1)
    last = np.argmax(ranked.cumsum(axis=-1) >= p, axis=-1)[..., None]
    kept = ranked * (np.arange(probs.shape[-1]) <= last)
    out = np.empty_like(probs)
    np.put_along_axis(out, order, kept, axis=-1)
    return out / out.sum(axis=-1, keepdims=True)
