"""Plain lists of pairs, one window after another."""

import numpy as np


def next_token_windows(ids, length, stride=None, drop_last=True, pad_id=0):
    stride = length if stride is None else stride
    if length <= 0 or stride <= 0:
        raise ValueError("length and stride must be positive")
    pairs = list(zip(ids.tolist()[:-1], ids.tolist()[1:], strict=True))
    rows, start, seen = [], 0, 0
    while start < len(pairs):
        row = pairs[start : start + length]
        if len(row) < length:
            if not drop_last and len(pairs) > seen:
                rows.append(row + [(pad_id, -100)] * (length - len(row)))
            break
        rows.append(row)
        seen = start + length
        start += stride
    table = np.array(rows, dtype=ids.dtype).reshape(-1, length, 2)
    return table[..., 0], table[..., 1]
