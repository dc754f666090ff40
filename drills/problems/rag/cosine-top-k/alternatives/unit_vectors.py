"""Both sides scaled to unit length first (as an index stores them), float64 inside, ties by lexsort."""

import numpy as np


def _unit(x):
    x = x.astype(np.float64)
    length = np.sqrt(np.einsum("...d,...d->...", x, x))[..., None]
    return np.divide(x, length, out=np.zeros_like(x), where=length > 0)


def cosine_top_k(query, docs, k):
    scores = np.einsum("nd,d->n", _unit(docs), _unit(query))
    best = np.lexsort((np.arange(len(docs)), -scores))[:k]
    return best, scores[best].astype(query.dtype)
