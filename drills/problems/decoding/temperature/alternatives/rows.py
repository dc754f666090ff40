"""One row at a time, with math.exp on Python floats."""

import math

import numpy as np


def _row(row, temperature):
    top = max(row)
    if temperature == 0:
        first = row.index(top)
        return [1.0 if i == first else 0.0 for i in range(len(row))]
    weights = [math.exp((value - top) / temperature) for value in row]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def apply_temperature(logits, temperature):
    vocab = logits.shape[-1]
    rows = [_row(row, temperature) for row in logits.reshape(-1, vocab).tolist()]
    return np.array(rows, dtype=logits.dtype).reshape(logits.shape)
