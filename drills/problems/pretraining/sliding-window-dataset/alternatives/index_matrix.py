"""One matrix of indices; places without a target are masked out."""

import numpy as np


def next_token_windows(ids, length, stride=None, drop_last=True, pad_id=0):
    if stride is None:
        stride = length
    if min(length, stride) < 1:
        raise ValueError("length and stride must be positive")
    n_pairs = max(ids.size - 1, 0)  # pair j is (ids[j], ids[j + 1])
    n_windows = max(0, (n_pairs - length) // stride + 1)
    used = (n_windows - 1) * stride + length if n_windows else 0
    if not drop_last and max(used, n_windows * stride) < n_pairs:
        n_windows += 1
    at = np.arange(n_windows)[:, None] * stride + np.arange(length)  # (W, length)
    real = at < n_pairs
    inputs = np.where(real, np.take(ids, at, mode="clip") if ids.size else 0, pad_id)
    targets = np.where(real, np.take(ids, at + 1, mode="clip") if ids.size else 0, -100)
    return inputs.astype(ids.dtype), targets.astype(ids.dtype)
