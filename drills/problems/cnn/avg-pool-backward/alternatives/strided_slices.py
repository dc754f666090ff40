"""One kernel offset at a time: the cells at that offset of all windows lie on a strided slice."""

import numpy as np


def avg_pool2d_backward(grad_out, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    if stride is None:
        stride = kernel_size
    n, c, h, w = x_shape
    rows, cols = grad_out.shape[2:]
    if count_include_pad:
        shared = grad_out / (kernel_size * kernel_size)
    else:
        ys, xs = np.arange(rows) * stride - padding, np.arange(cols) * stride - padding
        tall = np.minimum(ys + kernel_size, h) - np.maximum(ys, 0)
        wide = np.minimum(xs + kernel_size, w) - np.maximum(xs, 0)
        shared = grad_out / np.outer(tall, wide).astype(grad_out.dtype)
    grad = np.zeros((n, c, h + 2 * padding, w + 2 * padding), dtype=grad_out.dtype)
    for a in range(kernel_size):
        for b in range(kernel_size):
            grad[:, :, a : a + rows * stride : stride, b : b + cols * stride : stride][
                :, :, :rows, :cols
            ] += shared
    return grad[:, :, padding : h + padding, padding : w + padding]
