"""A running maximum over the K·K shifts of the image; the border is the smallest finite number."""

import numpy as np


def max_pool2d(x, kernel_size, stride=None, padding=0):
    if stride is None:
        stride = kernel_size
    n, c, h, w = x.shape
    canvas = np.full((n, c, h + 2 * padding, w + 2 * padding), np.finfo(x.dtype).min, dtype=x.dtype)
    canvas[:, :, padding : padding + h, padding : padding + w] = x
    rows = (canvas.shape[2] - kernel_size) // stride + 1
    cols = (canvas.shape[3] - kernel_size) // stride + 1
    out = None
    for di in range(kernel_size):
        for dj in range(kernel_size):
            shifted = canvas[:, :, di : di + rows * stride : stride, dj : dj + cols * stride : stride]
            shifted = shifted[:, :, :rows, :cols]
            out = shifted if out is None else np.maximum(out, shifted)
    return out
