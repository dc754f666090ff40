"""NumPy's own variance with both divisors, and the running statistics moved towards the batch."""

import numpy as np


def batch_norm(x, gamma, beta, running_mean, running_var, training, momentum=0.1, eps=1e-5):
    if not training:
        scale = gamma / np.sqrt(running_var + eps)
        return (x * scale + (beta - running_mean * scale)).astype(x.dtype), running_mean, running_var
    centred = x - np.mean(x, axis=0, keepdims=True)
    y = centred / np.sqrt(np.var(x, axis=0) + eps) * gamma + beta
    new_mean = running_mean + momentum * (np.mean(x, axis=0) - running_mean)
    new_var = running_var + momentum * (np.var(x, axis=0, ddof=1) - running_var)
    return y.astype(x.dtype), new_mean.astype(x.dtype), new_var.astype(x.dtype)
