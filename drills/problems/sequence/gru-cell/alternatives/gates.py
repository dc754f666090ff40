"""Weights as three matrices; the sigmoid picks the side that cannot overflow."""

import numpy as np


def sigmoid(a):
    small = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, small) / (1 + small)


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    w_ir, w_iz, w_in = w_ih.reshape(3, -1, x.shape[1])
    w_hr, w_hz, w_hn = w_hh.reshape(3, -1, h.shape[1])
    b_ir, b_iz, b_in = b_ih.reshape(3, -1)
    b_hr, b_hz, b_hn = b_hh.reshape(3, -1)
    r = sigmoid(x @ w_ir.T + b_ir + h @ w_hr.T + b_hr)
    z = sigmoid(x @ w_iz.T + b_iz + h @ w_hz.T + b_hz)
    new = h @ w_hn.T
    new += b_hn
    new *= r
    new += x @ w_in.T + b_in
    return z * h + (1 - z) * np.tanh(new)
