"""An n-gram language model whose counts are kept under strings."""

from collections import Counter

import numpy as np


def keys(sentence, n):
    padded = ["<s>"] * (n - 1) + list(sentence) + ["</s>"]
    for t in range(len(sentence) + 1):
        yield "".join(padded[t : t + n - 1]), padded[t + n - 1]


def ngram_log_probs(corpus, sentence, n, k=1.0):
    pairs, histories, vocab = Counter(), Counter(), {"</s>", "<unk>"}
    for line in corpus:
        vocab.update(line)
        for history, token in keys(line, n):
            pairs[history, token] += 1
            histories[history] += 1
    known = [token if token in vocab else "<unk>" for token in sentence]
    out = []
    for history, token in keys(known, n):
        count = pairs[history, token] + k
        out.append(np.log(count / (histories[history] + k * len(vocab))) if count else -np.inf)
    return np.array(out)


def ngram_perplexity(corpus, sentences, n, k=1.0):
    log_probs = np.concatenate([ngram_log_probs(corpus, sentence, n, k) for sentence in sentences])
    return float(np.exp(-np.mean(log_probs)))
