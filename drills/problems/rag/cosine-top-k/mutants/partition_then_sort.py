import numpy as np


def cosine_top_k(query, docs, k):
    lengths = np.linalg.norm(docs, axis=-1) * np.linalg.norm(query)
    scores = docs @ query / np.where(lengths == 0, 1, lengths)
    k = min(k, len(docs))
    best = np.sort(np.argpartition(-scores, k - 1)[:k])
    best = best[np.argsort(-scores[best], kind="stable")]
    return best, scores[best]
