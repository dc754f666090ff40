"""One position at a time, as the definition reads."""

import numpy as np


def embedding_backward(grad_out, ids, vocab_size, num_positions, scale=1.0, padding_idx=None):
    n_batch, n_time, width = grad_out.shape
    token, position = np.zeros((vocab_size, width)), np.zeros((num_positions, width))
    for b in range(n_batch):
        for t in range(n_time):
            position[t] += grad_out[b, t]
            if ids[b, t] != padding_idx:
                token[ids[b, t]] += scale * grad_out[b, t].astype(np.float64)
    return token.astype(grad_out.dtype), position.astype(grad_out.dtype)
