"""Tokens as integers, windows from sliding_window_view, counted with unique."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _grams(line, ids, n):
    start, end, unknown = 0, 1, 2
    row = [start] * (n - 1) + [ids.get(token, unknown) for token in line] + [end]
    return sliding_window_view(np.array(row), n)


def _count(rows):
    keys, counts = np.unique(rows, axis=0, return_counts=True)
    return dict(zip(map(tuple, keys.tolist()), counts.tolist(), strict=True))


def ngram_log_probs(corpus, sentence, n, k=1.0):
    ids = {token: i for i, token in enumerate(sorted({t for line in corpus for t in line}), start=3)}
    grams = np.concatenate([_grams(line, ids, n) for line in corpus])
    joint = _count(grams)
    history = _count(grams[:, :-1]) if n > 1 else {(): len(grams)}
    asked = [tuple(gram) for gram in _grams(sentence, ids, n).tolist()]
    over = np.array([joint.get(gram, 0) for gram in asked]) + k
    under = np.array([history.get(gram[:-1], 0) for gram in asked]) + k * (len(ids) + 2)
    out = np.full(len(asked), -np.inf)
    np.log(np.divide(over, under, where=over > 0, out=np.ones_like(out)), where=over > 0, out=out)
    return out


def ngram_perplexity(corpus, sentences, n, k=1.0):
    parts = [ngram_log_probs(corpus, s, n, k) for s in sentences]
    return np.exp(-np.average([p.mean() for p in parts], weights=[p.size for p in parts]))
