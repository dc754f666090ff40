"""im2col forward gives y = columns Wᵀ; its two matrix gradients, the first sent back with np.add.at (col2im)."""

import numpy as np


def conv2d_backward(grad_out, x, weight, stride=1, padding=0):
    n, c_in, height, width = x.shape
    c_out, _, kernel_h, kernel_w = weight.shape
    out_h, out_w = grad_out.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    rows = (stride * np.arange(out_h)[:, None] + np.arange(kernel_h))[:, None, :, None]  # (H', 1, Kh, 1)
    cols = (stride * np.arange(out_w)[:, None] + np.arange(kernel_w))[None, :, None, :]  # (1, W', 1, Kw)
    windows = padded[:, :, rows, cols]  # (N, Cin, H', W', Kh, Kw)
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * out_h * out_w, -1)
    upstream = grad_out.transpose(0, 2, 3, 1).reshape(-1, c_out)  # (N·H'·W', Cout)
    grad_weight = (upstream.T @ columns).reshape(weight.shape)
    grad_columns = upstream @ weight.reshape(c_out, -1)
    grad_windows = grad_columns.reshape(n, out_h, out_w, c_in, kernel_h, kernel_w).transpose(0, 3, 1, 2, 4, 5)
    grad_padded = np.zeros_like(padded)
    np.add.at(grad_padded, (slice(None), slice(None), rows, cols), grad_windows)
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    return grad_x, grad_weight, upstream.sum(axis=0)
