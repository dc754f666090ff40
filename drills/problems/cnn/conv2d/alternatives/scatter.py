"""Each kernel cell correlates the whole image; the sum is built by shifting, in float64."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    n, _, height, width = x.shape
    c_out, _, kernel_h, kernel_w = weight.shape
    full_h, full_w = height + 2 * padding, width + 2 * padding
    padded = np.zeros((n, x.shape[1], full_h, full_w))
    padded[:, :, padding : padding + height, padding : padding + width] = x
    size_h, size_w = full_h - dilation * (kernel_h - 1), full_w - dilation * (kernel_w - 1)
    dense = np.zeros((n, c_out, size_h, size_w)) + (0 if bias is None else bias[None, :, None, None])
    for a, b in np.ndindex(kernel_h, kernel_w):
        part = padded[:, :, a * dilation : a * dilation + size_h, b * dilation : b * dilation + size_w]
        flat = part.reshape(n, part.shape[1], -1)
        dense = dense + (weight[:, :, a, b] @ flat).reshape(dense.shape)
    return dense[:, :, ::stride, ::stride].astype(x.dtype)
