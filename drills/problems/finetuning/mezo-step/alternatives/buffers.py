"""Buffers allocated once and filled with np.copyto; z is scaled in place."""

import numpy as np


class Walker:
    def __init__(self, params, seed):
        self.params, self.seed = params, seed
        self.buffers = [np.empty_like(p) for p in params]

    def at(self, step):
        rng = np.random.default_rng(self.seed)
        for p, buffer in zip(self.params, self.buffers, strict=True):
            z = rng.standard_normal(size=p.shape)
            z *= step
            z += p
            np.copyto(buffer, z, casting="same_kind")
        return self.buffers


def mezo_step(params, loss_fn, lr, eps, seed):
    walker = Walker(params, seed)
    high = float(loss_fn(walker.at(+eps)))
    low = float(loss_fn(walker.at(-eps)))
    g = 0.5 * (high - low) / eps
    return list(walker.at(-(lr * g))), g
