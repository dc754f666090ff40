"""grad_x as a full correlation of the dilated gradient with the flipped kernel, the textbook form."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def correlate(images, kernels):
    """(N, C, H, W) with (O, C, Kh, Kw) to (N, O, …), stride 1, no padding."""
    windows = sliding_window_view(images, kernels.shape[2:], axis=(2, 3))
    return np.einsum("ncijab,ocab->noij", windows, kernels)


def conv2d_backward(grad_out, x, weight, stride=1, padding=0):
    n, c_out, out_h, out_w = grad_out.shape
    height, width = x.shape[2] + 2 * padding, x.shape[3] + 2 * padding
    kernel_h, kernel_w = weight.shape[2:]
    spread = np.zeros((n, c_out, height - kernel_h + 1, width - kernel_w + 1), dtype=grad_out.dtype)
    spread[:, :, : (out_h - 1) * stride + 1 : stride, : (out_w - 1) * stride + 1 : stride] = grad_out
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_weight = correlate(padded.swapaxes(0, 1), spread.swapaxes(0, 1)).swapaxes(0, 1)
    full = np.pad(spread, ((0, 0), (0, 0), (kernel_h - 1,) * 2, (kernel_w - 1,) * 2))
    grad_padded = correlate(full, weight[:, :, ::-1, ::-1].swapaxes(0, 1))
    grad_x = grad_padded[:, :, padding : height - padding, padding : width - padding]
    return grad_x, grad_weight, spread.sum(axis=(0, 2, 3))
