"""One feature at a time, in Python floats."""

import math
import statistics

import numpy as np


def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    y, new_mean, new_var = np.empty_like(x), running_mean.copy(), running_var.copy()
    for d in range(x.shape[1]):
        column = [float(value) for value in x[:, d]]
        if training:
            mean = statistics.fmean(column)
            squares = math.fsum((value - mean) ** 2 for value in column)
            var = squares / len(column)
            new_mean[d] = running_mean[d] * (1 - momentum) + mean * momentum
            new_var[d] = running_var[d] * (1 - momentum) + squares / (len(column) - 1) * momentum
        else:
            mean, var = float(running_mean[d]), float(running_var[d])
        for i, value in enumerate(column):
            y[i, d] = gamma[d] * (value - mean) / math.sqrt(var + eps) + beta[d]
    return y, new_mean, new_var
