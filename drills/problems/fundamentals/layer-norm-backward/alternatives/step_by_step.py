"""The chain rule node by node, as one writes it for batch normalisation, on flattened rows."""

import numpy as np


def layer_norm_backward(grad_out, x, gamma, eps=1e-5):
    width = x.shape[-1]
    rows, grads = x.reshape(-1, width), grad_out.reshape(-1, width)
    centred = rows - rows.mean(1, keepdims=True)
    variance = (centred * centred).mean(1, keepdims=True)
    inverse = 1 / np.sqrt(variance + eps)

    grad_beta = grads.sum(0)
    grad_gamma = np.sum(grads * (centred * inverse), axis=0)
    grad_hat = grads * gamma
    grad_inverse = (grad_hat * centred).sum(1, keepdims=True)
    grad_variance = -0.5 * inverse**3 * grad_inverse
    grad_centred = grad_hat * inverse + 2 * centred / width * grad_variance
    grad_rows = grad_centred - grad_centred.sum(1, keepdims=True) / width
    dtype = grad_out.dtype
    return grad_rows.reshape(x.shape).astype(dtype), grad_gamma.astype(dtype), grad_beta.astype(dtype)
