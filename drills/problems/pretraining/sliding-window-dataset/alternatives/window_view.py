"""sliding_window_view over the stream of pairs, padded by one window first where the tail is kept."""

import numpy as np


def next_token_windows(ids, length, stride=None, drop_last=True, pad_id=0):
    stride = length if stride is None else stride
    if length < 1 or stride < 1:
        raise ValueError(f"bad window: {length=}, {stride=}")
    x, y = ids[:-1], ids[1:]
    n = len(x)
    full = len(range(0, n - length + 1, stride))
    count = full
    if not drop_last and n > full * stride and (full == 0 or n > (full - 1) * stride + length):
        count = full + 1
    gap = length + stride
    x = np.concatenate([x, np.full(gap, pad_id, dtype=ids.dtype)])
    y = np.concatenate([y, np.full(gap, -100, dtype=ids.dtype)])
    windows = np.lib.stride_tricks.sliding_window_view
    return windows(x, length)[::stride][:count], windows(y, length)[::stride][:count]
