"""The k-th largest value by partition; what is above it stays, and ties fill up from the left."""

import numpy as np


def top_k_filter(logits, k):
    vocab = logits.shape[-1]
    if k >= vocab:
        return logits
    kth = np.partition(logits, vocab - k, axis=-1)[..., vocab - k, None]  # (..., 1)
    above, tied = logits > kth, logits == kth
    room = k - above.sum(axis=-1, keepdims=True)
    keep = above | (tied & (np.cumsum(tied, axis=-1) <= room))
    return np.where(keep, logits, logits.dtype.type(-np.inf))
