"""NumPy's own variance over flattened leading axes, in the dtype of x, with the gain folded into the scale."""

import numpy as np


def layer_norm(x, gamma, beta, eps=1e-5):
    rows = x.reshape(-1, x.shape[-1])
    scale = gamma / np.sqrt(np.var(rows, axis=1)[:, None] + np.asarray(eps, dtype=x.dtype))
    return np.reshape(rows * scale + (beta - np.mean(rows, axis=1)[:, None] * scale), x.shape)
