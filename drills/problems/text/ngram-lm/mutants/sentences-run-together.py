"""An n-gram language model over one long stream of tokens."""

from collections import Counter

import numpy as np


def ngram_log_probs(corpus, sentence, n, k=1.0):
    stream = ["<s>"] * (n - 1)
    for line in corpus:
        stream += [*line, "</s>"]
    grams = Counter(tuple(stream[t : t + n]) for t in range(len(stream) - n + 1))
    histories = Counter()
    for gram, count in grams.items():
        histories[gram[:-1]] += count
    size = len({token for line in corpus for token in line}) + 2
    padded = ["<s>"] * (n - 1) + list(sentence) + ["</s>"]
    out = np.full(len(sentence) + 1, -np.inf)
    for t in range(len(sentence) + 1):
        gram = tuple(padded[t : t + n])
        if grams[gram] + k > 0:
            out[t] = np.log((grams[gram] + k) / (histories[gram[:-1]] + k * size))
    return out


def ngram_perplexity(corpus, sentences, n, k=1.0):
    log_probs = np.concatenate([ngram_log_probs(corpus, sentence, n, k) for sentence in sentences])
    return float(np.exp(-np.mean(log_probs)))
