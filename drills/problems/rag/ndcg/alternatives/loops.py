"""With the standard library, rank by rank."""

from math import log2


def dcg(relevances, k):
    return sum((2**rel - 1) / log2(rank + 1) for rank, rel in enumerate(relevances[:k], start=1))


def ndcg_at_k(relevances, k):
    relevances = list(relevances)
    best = dcg(sorted(relevances, reverse=True), k)
    return dcg(relevances, k) / best if best > 0 else 0.0
