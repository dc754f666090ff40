"""A Bernoulli mask, scaled once and multiplied in."""


def dropout(x, p, rng, training=True):
    if not training or p == 0:
        return x.copy()
    mask = rng.binomial(1, 1 - p, size=x.shape).astype(x.dtype)
    return mask * x / max(1 - p, 1e-12)
