"""Document by document in plain Python."""

import math

import numpy as np


def bm25_scores(query, docs, k1=1.5, b=0.75):
    total = sum(len(doc) for doc in docs)
    scores = []
    for doc in docs:
        score = 0.0
        for term in query:
            tf = doc.count(term)
            if tf == 0:
                continue
            df = sum(1 for other in docs if term in other)
            idf = math.log1p((len(docs) - df + 0.5) / (df + 0.5))
            length_ratio = len(doc) * len(docs) / total
            score += idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length_ratio))
        scores.append(score)
    return np.array(scores, dtype=np.float64)
