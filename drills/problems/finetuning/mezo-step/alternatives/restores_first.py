"""As in the paper: perturb, perturb by −2ε, restore, then descend; minus first, and z drawn element by element."""

from numpy.random import default_rng


def _perturb(copy, seed, scale):
    rng = default_rng(seed)
    for p in copy:
        flat = p.reshape(-1)  # a view: the copy is contiguous
        flat += (scale * rng.standard_normal(flat.size)).astype(p.dtype)


def mezo_step(params, loss_fn, lr, eps, seed):
    copy = [p.copy(order="C") for p in params]
    _perturb(copy, seed, -eps)
    minus = loss_fn(copy)
    _perturb(copy, seed, 2 * eps)
    plus = loss_fn(copy)
    _perturb(copy, seed, -eps)
    projected_grad = (plus - minus) / (2 * eps)
    _perturb(copy, seed, -lr * projected_grad)
    return copy, projected_grad
