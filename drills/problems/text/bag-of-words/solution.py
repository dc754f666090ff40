"""Bag of words: a vocabulary fixed on the training documents, counts of others (as in CountVectorizer)."""

from collections import Counter

import numpy as np


def bag_of_words(
    train: list[list[str]],
    docs: list[list[str]],
    min_df: int = 1,
    max_features: int | None = None,
    binary: bool = False,
) -> tuple[np.ndarray, list[str]]:
    """Return the counts (N, V) of the vocabulary's tokens in `docs`, int64, and the sorted vocabulary of `train`."""
    total = Counter(token for doc in train for token in doc)  # occurrences
    df = Counter(token for doc in train for token in set(doc))  # documents
    frequent = [token for token in total if df[token] >= min_df]
    ranked = sorted(frequent, key=lambda token: (-total[token], token))
    vocab = sorted(ranked[:max_features])  # [:None] keeps all
    column = {token: j for j, token in enumerate(vocab)}
    matrix = np.zeros((len(docs), len(vocab)), dtype=np.int64)
    for row, doc in zip(matrix, docs, strict=True):
        for token in doc:
            if token in column:  # what training has not seen has no column
                row[column[token]] += 1
    return np.minimum(matrix, 1) if binary else matrix, vocab
