"""One product of the joined inputs with the joined weights, in float64; logaddexp for the sigmoid."""

import numpy as np


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    ones = np.ones((len(x), 1))
    joined = np.concatenate([x, h, ones, ones], axis=1).astype(np.float64)
    weights = np.concatenate([w_ih, w_hh, b_ih[:, None], b_hh[:, None]], axis=1)  # (4H, I + H + 2)
    z = np.einsum("bk,ghk->gbh", joined, weights.reshape(4, h.shape[1], -1))  # (4, B, H)
    i, f, o = np.exp(-np.logaddexp(0, -z[[0, 1, 3]]))
    c_next = f * c + i * np.tanh(z[2])
    return (o * np.tanh(c_next)).astype(x.dtype), c_next.astype(x.dtype)
