"""One sample at a time, with Python's math."""

import math

import numpy as np


def cross_entropy(logits, targets, ignore_index=-100):
    kept = [n for n, target in enumerate(targets.tolist()) if target != ignore_index]
    grad = np.zeros(logits.shape, dtype=logits.dtype)
    total = 0.0
    for n in kept:
        row = logits[n].tolist()
        top = max(row)
        log_sum = top + math.log(math.fsum(math.exp(z - top) for z in row))
        total += log_sum - row[targets[n]]
        for c, z in enumerate(row):
            grad[n, c] = (math.exp(z - log_sum) - (c == targets[n])) / len(kept)
    return (total / len(kept) if kept else 0.0), grad
