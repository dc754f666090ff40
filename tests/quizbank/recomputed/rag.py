"""Retrieval: ranked lists searched, documents cut, cells scanned."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import log

import numpy as np

from . import recomputes


@recomputes("mrr-at-ten")
def mean_over_ranked_lists(a: int, b: int, c: int, late: int) -> float:
    total = Fraction(0)
    for first in (a, b, c, late):
        ranking = [rank >= first for rank in range(1, 31)]
        total += next((Fraction(1, rank) for rank, hit in enumerate(ranking[:10], 1) if hit), Fraction(0))
    return float(total / 4)


@recomputes("hallucination-when-to-abstain")
def chance_at_which_answering_breaks_even(penalty: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(100):
        chance = (low + high) / 2
        low, high = (chance, high) if chance - (1 - chance) * penalty < 0 else (low, chance)
    return 100 * low


@recomputes("chunk-count")
def chunks_cut_one_by_one(n: int, size: int, overlap: int) -> float:
    start, chunks = 0, 1
    while start + size < n:
        start += size - overlap
        chunks += 1
    return float(chunks)


@recomputes("ivf-distances-per-query")
def distances_counted(n: int, nlist: int, nprobe: int) -> float:
    cells = [n * 10**6 // nlist] * nlist
    return float(len(cells) + sum(cells[:nprobe]))


@recomputes("bm25-one-term-by-hand")
def score_over_real_lengths(idf: int, tf: int, ratio: float) -> float:
    """With an average of 100 tokens and k1 and b as fractions."""
    average, k1, b = 100, Fraction(6, 5), Fraction(3, 4)
    length = Fraction(str(ratio)) * average
    return float(idf * Fraction(tf) * (k1 + 1) / (tf + k1 * (1 - b + b * length / average)))


@recomputes("pq-memory-saved")
def bytes_of_both_indexes(n: int, d: int, m: int) -> float:
    flat = np.zeros(d, np.float32).nbytes
    codes = np.zeros(m, np.uint8).nbytes
    return n * 10**6 * (flat - codes) / 1e9


@recomputes("ndcg-of-three-graded")
def share_of_the_best_permutation(a: int, b: int, c: int) -> float:
    def gained(grades: tuple[int, ...]) -> float:
        return float(sum((2**grade - 1) * log(2) / log(place + 1) for place, grade in enumerate(grades, 1)))

    return gained((a, b, c)) / max(gained(order) for order in permutations((a, b, c)))


@recomputes("hnsw-memory-of-links")
def gigabytes_of_one_node_times_all(n: int, d: int, m: int) -> float:
    node = np.dtype([("links", np.uint32, (2 * m,)), ("vector", np.float32, (d,))])
    return node.itemsize * n * 10**6 / 1e9
