"""A weighted histogram for each channel, in float64."""

import numpy as np


def embedding_backward(grad_out, ids, vocab_size, num_positions, scale=1.0, padding_idx=None):
    b, t, d = grad_out.shape
    at = np.tile(np.arange(t), b)
    columns = grad_out.reshape(b * t, d).astype(np.float64).T
    token = np.empty((vocab_size, d))
    position = np.empty((num_positions, d))
    for channel, column in enumerate(columns):
        token[:, channel] = scale * np.bincount(ids.flat, weights=column, minlength=vocab_size)
        position[:, channel] = np.bincount(at, weights=column, minlength=num_positions)
    if padding_idx is not None:
        token[padding_idx] = 0.0
    return token.astype(grad_out.dtype), position.astype(grad_out.dtype)
