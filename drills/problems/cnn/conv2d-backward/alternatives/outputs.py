"""One output position at a time, for the whole batch, in float64."""

import numpy as np


def conv2d_backward(grad_out, x, weight, stride=1, padding=0):
    kernel_h, kernel_w = weight.shape[2:]
    margins = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    padded = np.pad(x.astype(np.float64), margins)
    grad_padded, grad_weight = np.zeros(padded.shape), np.zeros(weight.shape)
    for i in range(grad_out.shape[2]):
        for j in range(grad_out.shape[3]):
            window = np.s_[:, :, i * stride : i * stride + kernel_h, j * stride : j * stride + kernel_w]
            g = grad_out[:, :, i, j].astype(np.float64)  # (N, Cout)
            grad_weight += np.tensordot(g, padded[window], axes=(0, 0))
            grad_padded[window] += np.tensordot(g, weight, axes=(1, 0))
    end_h, end_w = padded.shape[2] - padding, padded.shape[3] - padding
    grads = (grad_padded[:, :, padding:end_h, padding:end_w], grad_weight, grad_out.sum((0, 2, 3)))
    return [grad.astype(grad_out.dtype) for grad in grads]
