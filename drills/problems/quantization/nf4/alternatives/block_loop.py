"""Block by block and value by value in Python; the code of a value in a block of zeros is 0."""

import numpy as np

LEVELS = [
    *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
    *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
    *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224),
    *(0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0),
]


def quantize_nf4(x, block_size=64):
    codes, absmax = [], []
    for start in range(0, x.size, block_size):
        block = x[start : start + block_size].tolist()
        largest = max(map(abs, block))
        absmax.append(largest)
        for value in block:
            nearest = min(range(16), key=lambda i: abs(LEVELS[i] - value / largest)) if largest else 0
            codes.append(nearest)
    return np.array(codes, dtype=np.uint8), np.array(absmax, dtype=x.dtype)


def dequantize_nf4(codes, absmax, block_size=64):
    values = [LEVELS[code] * absmax[i // block_size] for i, code in enumerate(codes)]
    return np.array(values, dtype=absmax.dtype)
