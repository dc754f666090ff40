"""The mask first, by comparing positions with lengths; then all ids at once."""

import numpy as np


def pad_batch(sequences, pad_id, max_length=None, side="right"):
    lengths = np.array([len(s) for s in sequences])
    if max_length is not None:
        lengths = np.minimum(lengths, max_length)
    width = lengths.max()
    mask = np.arange(width) < lengths[:, None]
    if side == "left":
        mask = mask[:, ::-1]
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask] = [token for s, n in zip(sequences, lengths, strict=True) for token in s[:n]]
    return ids, mask
