"""Counts as the column sums of a one-hot matrix, in the logits' dtype throughout."""

import numpy as np


def apply_penalties(logits, token_ids, frequency_penalty=0.0, presence_penalty=0.0):
    one_hot = token_ids[:, None] == np.arange(logits.size)  # (n, V)
    counts = one_hot.sum(axis=0).astype(logits.dtype)
    seen = one_hot.any(axis=0).astype(logits.dtype)
    return logits - frequency_penalty * counts - presence_penalty * seen
