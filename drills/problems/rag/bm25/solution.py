"""Okapi BM25 with the idf of Lucene (Robertson and Zaragoza 2009, §3)."""

from collections import Counter

import numpy as np


def bm25_scores(query: list[str], docs: list[list[str]], k1: float = 1.5, b: float = 0.75) -> np.ndarray:
    """Return the score of each document for the query, (N,) float64."""
    n = len(docs)
    counts = [Counter(doc) for doc in docs]
    length = np.array([len(doc) for doc in docs], dtype=np.float64)  # (N,)
    scores = np.zeros(n)
    if not length.any():
        return scores
    norm = k1 * (1 - b + b * length / length.mean())  # (N,)
    for term in query:  # a repeated term counts each time
        tf = np.array([count[term] for count in counts])  # (N,)
        df = np.count_nonzero(tf)
        idf = np.log(1 + (n - df + 0.5) / (df + 0.5))
        found = tf > 0
        scores[found] += idf * tf[found] * (k1 + 1) / (tf[found] + norm[found])
    return scores
