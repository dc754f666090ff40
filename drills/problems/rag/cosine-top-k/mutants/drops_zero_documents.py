import numpy as np


def cosine_top_k(query, docs, k):
    lengths = np.linalg.norm(docs, axis=-1)
    known = np.flatnonzero(lengths > 0)
    length = np.linalg.norm(query) or query.dtype.type(1)
    scores = docs[known] @ query / (lengths[known] * length)
    best = np.argsort(-scores, kind="stable")[:k]
    return known[best], scores[best]
