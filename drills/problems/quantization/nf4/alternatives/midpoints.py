"""Each value's place among the fifteen midpoints of neighbouring levels, by binary search."""

import numpy as np

LEVELS = [
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
]


def quantize_nf4(x, block_size=64):
    levels = np.array(LEVELS)
    starts = np.arange(0, len(x), block_size)
    absmax = np.maximum.reduceat(np.abs(x), starts)
    safe = np.where(absmax > 0, absmax, np.inf)  # a block of zeros stays zeros
    scaled = x / safe[np.arange(len(x)) // block_size]
    return np.searchsorted((levels[1:] + levels[:-1]) / 2, scaled).astype("uint8"), absmax


def dequantize_nf4(codes, absmax, block_size=64):
    return np.array(LEVELS)[codes] * absmax[np.arange(len(codes)) // block_size]
