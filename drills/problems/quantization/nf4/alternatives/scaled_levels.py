"""Scales the levels instead of the values: a table of sixteen values for each block."""

import numpy as np

LEVELS = [
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
]


def tables(absmax):
    return absmax[:, None] * np.asarray(LEVELS, dtype=absmax.dtype)  # (blocks, 16)


def quantize_nf4(x, block_size=64):
    blocks = np.split(x, range(block_size, len(x), block_size))
    absmax = np.array([max(block.max(), -block.min()) for block in blocks])
    codes = [
        np.argmin(np.abs(block - table[:, None]), axis=0)
        for block, table in zip(blocks, tables(absmax), strict=True)
    ]
    return np.concatenate(codes).astype(np.uint8), absmax


def dequantize_nf4(codes, absmax, block_size=64):
    out = np.empty(codes.shape, dtype=absmax.dtype)
    for i, table in enumerate(tables(absmax)):
        out[i * block_size : (i + 1) * block_size] = table[codes[i * block_size : (i + 1) * block_size]]
    return out
