"""TF-IDF with a smoothed idf and L2-normalised rows, as scikit-learn does by default."""

import numpy as np


def tf_idf(docs: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """Return the TF-IDF matrix (N, V) and the sorted vocabulary."""
    vocab = sorted({token for doc in docs for token in doc})
    column = {token: j for j, token in enumerate(vocab)}
    counts = np.zeros((len(docs), len(vocab)))  # (N, V)
    for row, doc in zip(counts, docs, strict=True):
        for token in doc:
            row[column[token]] += 1
    df = np.count_nonzero(counts, axis=0)  # (V,), documents, not occurrences
    idf = np.log((1 + len(docs)) / (1 + df)) + 1
    weights = counts * idf
    norm = np.sqrt((weights**2).sum(axis=1, keepdims=True))  # (N, 1)
    return weights / np.where(norm == 0, 1, norm), vocab
