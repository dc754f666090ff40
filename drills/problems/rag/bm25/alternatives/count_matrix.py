"""A matrix of term counts, then one product with the query's weights."""

import numpy as np


def bm25_scores(query, docs, k1=1.5, b=0.75):
    vocab = {term: column for column, term in enumerate(dict.fromkeys(query))}
    tf = np.zeros((len(docs), len(vocab)))
    for row, doc in enumerate(docs):
        columns = [vocab[token] for token in doc if token in vocab]
        np.add.at(tf[row], columns, 1)
    df = (tf > 0).sum(axis=0)
    idf = np.log((len(docs) + 1) / (df + 0.5))  # 1 + (N − df + 0.5)/(df + 0.5), in one fraction
    lengths = np.array(list(map(len, docs)), dtype=float)
    average = lengths.mean() or 1.0
    denominator = tf + (k1 * (1 - b + b * lengths / average))[:, None]
    saturated = np.divide(tf * (k1 + 1), denominator, out=np.zeros_like(tf), where=tf > 0)
    weight = np.zeros(len(vocab))
    np.add.at(weight, [vocab[term] for term in query], 1)
    return saturated @ (weight * idf)
