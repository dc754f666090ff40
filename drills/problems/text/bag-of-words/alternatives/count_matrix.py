"""Both limits read off the count matrix of the training documents, whose columns are sorted by unique."""

import numpy as np


def _counts(docs, vocab):
    matrix = np.zeros((len(docs), len(vocab)), dtype=np.int64)
    where = {token: j for j, token in enumerate(vocab)}
    for i, doc in enumerate(docs):
        columns = [where[token] for token in doc if token in where]
        np.add.at(matrix[i], np.array(columns, dtype=int), 1)
    return matrix


def bag_of_words(train, docs, min_df=1, max_features=None, binary=False):
    tokens = sorted(set().union(*train))
    seen = _counts(train, tokens)
    keep = np.flatnonzero((seen > 0).sum(0) >= min_df)
    if max_features is not None:
        order = np.argsort(-seen[:, keep].sum(0), kind="stable")  # columns are sorted, so ties are too
        keep = np.sort(keep[order[:max_features]])
    vocab = [tokens[j] for j in keep]
    matrix = _counts(docs, vocab)
    return (matrix.astype(bool).astype(np.int64) if binary else matrix), vocab
