import numpy as np


def top_k_filter(logits, k):
    if k >= logits.shape[-1]:
        return logits
    best = np.argpartition(logits, -k, axis=-1)[..., -k:]
    out = np.full_like(logits, -np.inf)
    np.put_along_axis(out, best, np.take_along_axis(logits, best, axis=-1), axis=-1)
    return out
