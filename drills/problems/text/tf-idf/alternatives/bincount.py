"""All tokens in one flat array: unique gives the columns, bincount the counts."""

from itertools import chain

import numpy as np


def tf_idf(docs):
    n = len(docs)
    flat = np.array(list(chain.from_iterable(docs)), dtype=object)
    vocab, columns = np.unique(flat, return_inverse=True)
    rows = np.repeat(np.arange(n), [len(doc) for doc in docs])
    v = len(vocab)
    counts = np.bincount(rows * v + columns, minlength=n * v).reshape(n, v)
    idf = 1 - np.log((counts.astype(bool).sum(0) + 1) / (n + 1))
    weights = counts * idf[None]
    norm = np.linalg.norm(weights, axis=-1, keepdims=True)
    return np.divide(weights, norm, out=np.zeros_like(weights), where=norm > 0), vocab.tolist()
