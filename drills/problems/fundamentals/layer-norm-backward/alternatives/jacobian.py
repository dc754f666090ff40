"""The Jacobian of each row, written out, in float64."""

import numpy as np


def layer_norm_backward(grad_out, x, gamma, eps=1e-5):
    width = x.shape[-1]
    grad_x = np.zeros(x.shape)
    grad_gamma, grad_beta = np.zeros(width), np.zeros(width)
    for index in np.ndindex(x.shape[:-1]):
        row, upstream = x[index].astype(np.float64), grad_out[index].astype(np.float64)
        root = np.sqrt(row.var() + eps)
        hat = (row - row.mean()) / root
        jacobian = (np.eye(width) - 1 / width - np.outer(hat, hat) / width) / root
        grad_x[index] = jacobian.T @ (gamma * upstream)
        grad_gamma += upstream * hat
        grad_beta += upstream
    return [grad.astype(grad_out.dtype) for grad in (grad_x, grad_gamma, grad_beta)]
