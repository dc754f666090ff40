"""Gumbel-max: filter the logits with -inf, then take the argmax of logits plus Gumbel noise."""

import numpy as np


def top_k_filter(z, k):
    if k is None or k >= z.size:
        return z
    kept = np.full_like(z, -np.inf)
    best = np.argsort(-z, kind="stable")[:k]
    kept[best] = z[best]
    return kept


def top_p_filter(z, p):
    if p is None or p == 1:
        return z
    probs = np.exp(z - z.max())
    probs /= probs.sum()
    order = np.argsort(-probs, kind="stable")
    size = int(np.searchsorted(np.cumsum(probs[order]), p)) + 1
    kept = np.full_like(z, -np.inf)
    kept[order[:size]] = z[order[:size]]
    return kept


def sample_token(logits, rng, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return int(np.argmax(logits))
    z = top_p_filter(top_k_filter(logits / temperature, top_k), top_p)
    return int(np.argmax(z + rng.gumbel(size=z.shape)))
