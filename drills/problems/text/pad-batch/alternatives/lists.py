"""Built as lists of lists."""

import numpy as np


def pad_batch(sequences, pad_id, max_length=None, side="right"):
    kept = [list(s) if max_length is None else list(s)[:max_length] for s in sequences]
    width = max(map(len, kept), default=0)
    ids, mask = [], []
    for s in kept:
        pad = [pad_id] * (width - len(s))
        on, off = [True] * len(s), [False] * len(pad)
        ids.append(s + pad if side == "right" else pad + s)
        mask.append(on + off if side == "right" else off + on)
    shape = (len(kept), width)
    return np.array(ids, dtype=np.int64).reshape(shape), np.array(mask, dtype=bool).reshape(shape)
