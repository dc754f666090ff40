"""An n-gram language model with add-k smoothing (Jurafsky & Martin, ch. 3)."""

import math
from collections import Counter

import numpy as np

START, END, UNKNOWN = "<s>", "</s>", "<unk>"


def windows(sentence: list[str], n: int) -> list[tuple[str, ...]]:
    """The n-grams of the padded sentence; each ends in a token that is predicted."""
    padded = [START] * (n - 1) + sentence + [END]
    return [tuple(padded[t : t + n]) for t in range(len(sentence) + 1)]


def ngram_log_probs(corpus: list[list[str]], sentence: list[str], n: int, k: float = 1.0) -> np.ndarray:
    """Return ln P of each token of the sentence and then of its end, (T + 1,) float64."""
    vocab = {token for line in corpus for token in line} | {END, UNKNOWN}  # START is never predicted
    ngrams: Counter[tuple[str, ...]] = Counter()  # c(h, w)
    histories: Counter[tuple[str, ...]] = Counter()  # c(h)
    for line in corpus:
        for window in windows(line, n):
            ngrams[window] += 1
            histories[window[:-1]] += 1
    known = [token if token in vocab else UNKNOWN for token in sentence]
    log_probs = []
    for window in windows(known, n):
        count = ngrams[window] + k
        total = histories[window[:-1]] + k * len(vocab)
        log_probs.append(math.log(count / total) if count > 0 else -math.inf)
    return np.array(log_probs)


def ngram_perplexity(corpus: list[list[str]], sentences: list[list[str]], n: int, k: float = 1.0) -> float:
    """Return exp of minus the mean log-probability over all predictions of all sentences."""
    log_probs = np.concatenate([ngram_log_probs(corpus, sentence, n, k) for sentence in sentences])
    return float(np.exp(-log_probs.mean()))
