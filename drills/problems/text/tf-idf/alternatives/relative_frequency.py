"""The share of the document instead of the count: a row's scale vanishes when it is normalised."""

import numpy as np


class Vectoriser:
    def fit(self, docs):
        self.vocab = sorted(set().union(*docs))
        self.idf = np.array([self._idf(token, docs) for token in self.vocab])
        return self

    @staticmethod
    def _idf(token, docs):
        holding = sum(token in doc for doc in docs)
        return float(np.log(len(docs) + 1) - np.log(holding + 1) + 1)

    def transform(self, docs):
        out = np.zeros((len(docs), len(self.vocab)))
        for i, doc in enumerate(docs):
            if doc:
                share = np.array([doc.count(token) / len(doc) for token in self.vocab])
                row = share * self.idf
                out[i] = row / np.sqrt(row @ row)
        return out


def tf_idf(docs):
    vectoriser = Vectoriser().fit(docs)
    return vectoriser.transform(docs), vectoriser.vocab
