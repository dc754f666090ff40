"""A strided view of all windows of the dilated kernel's size, contracted with tensordot."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1):
    reach = tuple(dilation * (size - 1) + 1 for size in weight.shape[2:])
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = sliding_window_view(x, reach, axis=(2, 3))[:, :, ::stride, ::stride, ::dilation, ::dilation]
    out = np.tensordot(weight, windows, axes=([1, 2, 3], [1, 4, 5])).swapaxes(0, 1)
    return out if bias is None else out + bias.reshape(1, -1, 1, 1)
