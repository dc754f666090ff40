"""A slice of every weight for each gate; the sigmoid picks the side that cannot overflow."""

import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    size = h.shape[1]

    def gate(number, activation):
        rows = slice(number * size, (number + 1) * size)
        return activation(x @ w_ih[rows].T + h @ w_hh[rows].T + (b_ih[rows] + b_hh[rows]))

    i, f, g, o = gate(0, sigmoid), gate(1, sigmoid), gate(2, np.tanh), gate(3, sigmoid)
    c = f * c + i * g
    return o * np.tanh(c), c
