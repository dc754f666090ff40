"""An inverted index: each query term visits only the documents that hold it."""

from collections import Counter, defaultdict

import numpy as np


class Index:
    def __init__(self, docs):
        self.lengths = [len(doc) for doc in docs]
        self.average = sum(self.lengths) / len(docs)
        self.postings = defaultdict(dict)
        for number, doc in enumerate(docs):
            for token in doc:
                self.postings[token][number] = self.postings[token].get(number, 0) + 1

    def search(self, query, k1, b):
        scores = np.zeros(len(self.lengths))
        for term, times in Counter(query).items():
            posting = self.postings.get(term, {})
            rarity = (len(self.lengths) - len(posting) + 0.5) / (len(posting) + 0.5)
            for number, tf in posting.items():
                length = 1 - b + b * self.lengths[number] / self.average
                scores[number] += times * np.log(1 + rarity) * (k1 + 1) / (1 + k1 * length / tf)
        return scores


def bm25_scores(query, docs, k1=1.5, b=0.75):
    return Index(docs).search(query, k1, b)
