"""No start symbols: near the start the history is shorter, which says the same; unknown words have no counts anyway."""

from collections import defaultdict

import numpy as np


class Model:
    def __init__(self, corpus, n, k):
        self.n, self.k = n, k
        self.after = defaultdict(lambda: defaultdict(int))  # history -> token -> count
        for line in corpus:
            for history, token in self.steps(line):
                self.after[history][token] += 1
        self.size = len(set().union(*corpus)) + 2

    def steps(self, line):
        """None is the end."""
        for t, token in enumerate([*line, None]):
            yield tuple(line[max(0, t - self.n + 1) : t]), token

    def log_probs(self, line):
        counts = [
            (self.after[history][token], sum(self.after[history].values()))
            for history, token in self.steps(line)
        ]
        joint, total = np.array(counts, dtype=float).T
        with np.errstate(divide="ignore"):
            difference = np.log(joint + self.k)
            return difference - np.log(np.where(total + self.k > 0, total + self.k * self.size, 1))


def ngram_log_probs(corpus, sentence, n, k=1.0):
    return Model(corpus, n, k).log_probs(sentence)


def ngram_perplexity(corpus, sentences, n, k=1.0):
    model = Model(corpus, n, k)
    total, predictions = 0.0, 0
    for sentence in sentences:
        total += model.log_probs(sentence).sum()
        predictions += len(sentence) + 1
    return np.exp(-total / predictions)
