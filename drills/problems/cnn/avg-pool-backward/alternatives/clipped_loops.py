"""Windows clipped to the image, the division done once beforehand; float64 inside."""

import numpy as np


def avg_pool2d_backward(grad_out, x_shape, kernel_size, stride=None, padding=0, count_include_pad=True):
    step = stride or kernel_size
    height, width = x_shape[2], x_shape[3]
    grad_x = np.zeros(x_shape, dtype=np.float64)
    for i in range(grad_out.shape[2]):
        y0, y1 = max(i * step - padding, 0), min(i * step - padding + kernel_size, height)
        for j in range(grad_out.shape[3]):
            x0, x1 = max(j * step - padding, 0), min(j * step - padding + kernel_size, width)
            share = 1 / (kernel_size * kernel_size) if count_include_pad else 1 / ((y1 - y0) * (x1 - x0))
            grad_x[:, :, y0:y1, x0:x1] += share * grad_out[:, :, i : i + 1, j : j + 1]
    return grad_x.astype(grad_out.dtype)
