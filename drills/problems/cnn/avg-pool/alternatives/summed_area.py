"""A summed-area table: each window's sum from its four corners."""

import numpy as np


def avg_pool2d(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    n, c, h, w = x.shape
    table = np.zeros((n, c, h + 1, w + 1), dtype=x.dtype)
    table[:, :, 1:, 1:] = x.cumsum(axis=2).cumsum(axis=3)
    top = np.arange((h + 2 * padding - kernel_size) // stride + 1) * stride - padding
    left = np.arange((w + 2 * padding - kernel_size) // stride + 1) * stride - padding
    y0, y1 = np.clip(top, 0, h)[:, None], np.clip(top + kernel_size, 0, h)[:, None]
    x0, x1 = np.clip(left, 0, w), np.clip(left + kernel_size, 0, w)
    sums = table[:, :, y1, x1] - table[:, :, y0, x1] - table[:, :, y1, x0] + table[:, :, y0, x0]
    cells = kernel_size**2 if count_include_pad else (y1 - y0) * (x1 - x0)
    return (sums / cells).astype(x.dtype)
