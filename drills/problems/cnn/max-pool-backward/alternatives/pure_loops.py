"""Four nested loops and an inner search for the first maximum, in Python numbers."""

import numpy as np


def max_pool2d_backward(grad_out, x, kernel_size, stride=None, padding=0):
    step = stride or kernel_size
    height, width = x.shape[2:]
    grad_x = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(*grad_out.shape):
        best, where = float("-inf"), None
        for row in range(i * step - padding, i * step - padding + kernel_size):
            for col in range(j * step - padding, j * step - padding + kernel_size):
                if 0 <= row < height and 0 <= col < width and x[n, c, row, col] > best:
                    best, where = float(x[n, c, row, col]), (row, col)
        grad_x[n, c, where[0], where[1]] += float(grad_out[n, c, i, j])
    return grad_x.astype(grad_out.dtype)
