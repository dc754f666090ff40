"""Dictionaries and list.count, an array only at the end."""

import heapq
from collections import defaultdict

import numpy as np


class Vocabulary:
    def __init__(self, documents):
        self.times, self.documents = defaultdict(int), defaultdict(set)
        for number, document in enumerate(documents):
            for token in document:
                self.times[token] += 1
                self.documents[token].add(number)

    def select(self, min_df, limit):
        tokens = {token for token, where in self.documents.items() if len(where) >= min_df}
        if limit is not None and limit < len(tokens):
            tokens = heapq.nsmallest(limit, sorted(tokens), key=lambda token: -self.times[token])
        return sorted(tokens)


def bag_of_words(train, docs, min_df=1, max_features=None, binary=False):
    vocab = Vocabulary(train).select(min_df, max_features)
    rows = [[int(t in doc) if binary else doc.count(t) for t in vocab] for doc in docs]
    return np.array(rows, dtype="int64").reshape(len(docs), len(vocab)), vocab
