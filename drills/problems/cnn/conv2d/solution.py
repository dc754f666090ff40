"""2-D convolution as frameworks mean it: cross-correlation, one kernel cell at a time."""

import numpy as np


def conv2d(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> np.ndarray:
    """Return sum over Cin, a, b of weight[o, c, a, b] · x[n, c, i·stride − padding + a·dilation, …] + bias[o]."""
    (n, _, height, width), (c_out, _, kernel_h, kernel_w) = x.shape, weight.shape
    out_h = (height + 2 * padding - dilation * (kernel_h - 1) - 1) // stride + 1
    out_w = (width + 2 * padding - dilation * (kernel_w - 1) - 1) // stride + 1
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border))  # (N, Cin, H + 2P, W + 2P)
    out = np.zeros((n, c_out, out_h, out_w), dtype=x.dtype)
    for a in range(kernel_h):
        for b in range(kernel_w):
            top, left = a * dilation, b * dilation
            rows = slice(top, top + (out_h - 1) * stride + 1, stride)
            cols = slice(left, left + (out_w - 1) * stride + 1, stride)
            patch = padded[:, :, rows, cols]  # (N, Cin, H', W')
            out += np.einsum("ncij,oc->noij", patch, weight[:, :, a, b])  # (N, Cout, H', W')
    if bias is not None:
        out += bias[:, None, None]
    return out
