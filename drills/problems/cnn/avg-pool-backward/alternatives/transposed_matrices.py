"""Forward is out = A x Bᵀ with one averaging matrix for each axis; backward is Aᵀ grad B."""

import numpy as np


def averaging(length, count, kernel_size, stride, padding, count_include_pad):
    matrix = np.zeros((count, length))  # (H', H)
    for i in range(count):
        start = i * stride - padding
        low, high = max(start, 0), min(start + kernel_size, length)
        matrix[i, low:high] = 1 / kernel_size if count_include_pad else 1 / (high - low)
    return matrix


def avg_pool2d_backward(grad_out, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    a = averaging(x_shape[2], grad_out.shape[2], kernel_size, stride, padding, count_include_pad)
    b = averaging(x_shape[3], grad_out.shape[3], kernel_size, stride, padding, count_include_pad)
    return (a.T @ grad_out @ b).astype(grad_out.dtype)
