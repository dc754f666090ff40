"""Every sum an einsum, in the dtype of the arguments."""

import numpy as np


def layer_norm_backward(grad_out, x, gamma, eps=1e-5):
    share = x.dtype.type(1 / x.shape[-1])
    hat = x - np.einsum("...d->...", x)[..., None] * share
    scale = 1 / np.sqrt(np.einsum("...d,...d->...", hat, hat) * share + x.dtype.type(eps))[..., None]
    hat = hat * scale
    g = grad_out * gamma
    grad_x = g - np.einsum("...d->...", g)[..., None] * share
    grad_x -= hat * (np.einsum("...d,...d->...", g, hat)[..., None] * share)
    rows = grad_out.reshape(-1, x.shape[-1])
    return grad_x * scale, np.einsum("nd,nd->d", rows, hat.reshape(rows.shape)), np.einsum("nd->d", rows)
