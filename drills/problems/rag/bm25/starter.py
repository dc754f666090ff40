"""BM25 scores of documents for a query."""

import numpy as np


def bm25_scores(query: list[str], docs: list[list[str]], k1: float = 1.5, b: float = 0.75) -> np.ndarray:
    """Return the BM25 score of each document, (N,) float64, in the order of `docs`.

    query and docs[i] are lists of tokens; k1 bends the term frequency, b normalises the length.
    """
    raise NotImplementedError
