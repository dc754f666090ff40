"""im2col: gather every window by index and multiply once."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    n = x.shape[0]
    c_out, c_in, kernel_h, kernel_w = weight.shape
    x = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    out_h = (x.shape[2] - dilation * (kernel_h - 1) - 1) // stride + 1
    out_w = (x.shape[3] - dilation * (kernel_w - 1) - 1) // stride + 1
    rows = stride * np.arange(out_h)[:, None] + dilation * np.arange(kernel_h)  # (H', Kh)
    cols = stride * np.arange(out_w)[:, None] + dilation * np.arange(kernel_w)  # (W', Kw)
    windows = x[:, :, rows[:, None, :, None], cols[None, :, None, :]]  # (N, Cin, H', W', Kh, Kw)
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * out_h * out_w, c_in * kernel_h * kernel_w)
    out = columns @ weight.reshape(c_out, -1).T  # (N·H'·W', Cout)
    if bias is not None:
        out = out + bias
    return out.reshape(n, out_h, out_w, c_out).transpose(0, 3, 1, 2)
