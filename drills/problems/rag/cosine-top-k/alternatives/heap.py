"""Document by document in plain Python, with a heap for the k best."""

import heapq
import math

import numpy as np


def cosine_top_k(query, docs, k):
    q = query.tolist()
    scored = []
    for i, doc in enumerate(docs.tolist()):
        lengths = math.sqrt(math.fsum(x * x for x in q)) * math.sqrt(math.fsum(x * x for x in doc))
        dot = math.fsum(x * y for x, y in zip(q, doc, strict=True))
        scored.append((dot / lengths if lengths else 0.0, -i))
    best = heapq.nlargest(k, scored)
    indices = np.array([-negative for _, negative in best])
    return indices, np.array([score for score, _ in best], dtype=query.dtype)
