"""One window at a time, clipped to the image; float64 inside."""

import numpy as np


def avg_pool2d(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    step = stride or kernel_size
    n, c, height, width = x.shape
    tops = range(-padding, height + padding - kernel_size + 1, step)
    lefts = range(-padding, width + padding - kernel_size + 1, step)
    out = np.zeros((n, c, len(tops), len(lefts)))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            window = x[:, :, max(top, 0) : top + kernel_size, max(left, 0) : left + kernel_size]
            cells = kernel_size * kernel_size if count_include_pad else window.shape[2] * window.shape[3]
            out[:, :, i, j] = window.sum(axis=(2, 3), dtype=np.float64) / cells
    return out.astype(x.dtype)
