"""One kernel offset at a time: it gets the gradient of the windows whose maximum is not yet claimed."""

import numpy as np


def max_pool2d_backward(grad_out, x, kernel_size, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    (n, c, h, w), (rows, cols) = x.shape, grad_out.shape[2:]
    lowest = np.finfo(x.dtype).min
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)], constant_values=lowest)
    views = [
        (
            slice(None),
            slice(None),
            slice(a, a + (rows - 1) * stride + 1, stride),
            slice(b, b + (cols - 1) * stride + 1, stride),
        )
        for a in range(kernel_size)
        for b in range(kernel_size)
    ]
    top = np.max([padded[view] for view in views], axis=0)
    free = np.ones(grad_out.shape, dtype=bool)
    grad = np.zeros(padded.shape, dtype=grad_out.dtype)
    for view in views:
        hit = free & (padded[view] == top)
        grad[view] += np.where(hit, grad_out, 0)
        free &= ~hit
    return grad[:, :, padding : padding + h, padding : padding + w]
