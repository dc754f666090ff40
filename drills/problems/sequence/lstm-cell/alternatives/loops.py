"""One unit of one example at a time, in Python floats."""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def lstm_cell(x, h, c, w_ih, w_hh, b_ih, b_hh):
    batch, size = h.shape
    new_h, new_c = np.empty_like(h), np.empty_like(c)
    for n in range(batch):
        inputs, hidden = x[n].tolist(), h[n].tolist()
        for u in range(size):
            z = []
            for k in range(u, 4 * size, size):
                total = float(b_ih[k]) + float(b_hh[k])
                total += math.fsum(float(w) * value for w, value in zip(w_ih[k], inputs, strict=True))
                total += math.fsum(float(w) * value for w, value in zip(w_hh[k], hidden, strict=True))
                z.append(total)
            cell = sigmoid(z[1]) * float(c[n, u]) + sigmoid(z[0]) * math.tanh(z[2])
            new_c[n, u] = cell
            new_h[n, u] = sigmoid(z[3]) * math.tanh(cell)
    return new_h, new_c
