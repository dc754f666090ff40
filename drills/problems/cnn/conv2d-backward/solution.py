"""Back-propagation through a 2-D convolution, one kernel cell at a time."""

import numpy as np


def conv2d_backward(
    grad_out: np.ndarray, x: np.ndarray, weight: np.ndarray, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (grad_x, grad_weight, grad_bias) for y = conv2d(x, weight, bias, stride, padding)."""
    (height, width), (out_h, out_w), (kernel_h, kernel_w) = x.shape[2:], grad_out.shape[2:], weight.shape[2:]
    border = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), border, border))  # (N, Cin, H + 2P, W + 2P)
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for a in range(kernel_h):
        for b in range(kernel_w):
            rows = slice(a, a + (out_h - 1) * stride + 1, stride)  # the pixels that cell (a, b) met
            cols = slice(b, b + (out_w - 1) * stride + 1, stride)
            patch = padded[:, :, rows, cols]  # (N, Cin, H', W')
            grad_weight[:, :, a, b] = np.einsum("noij,ncij->oc", grad_out, patch)
            grad_padded[:, :, rows, cols] += np.einsum("noij,oc->ncij", grad_out, weight[:, :, a, b])
    grad_x = grad_padded[:, :, padding : padding + height, padding : padding + width]
    grad_bias = grad_out.sum(axis=(0, 2, 3))  # (Cout,)
    return grad_x, grad_weight, grad_bias
