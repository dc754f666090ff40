"""One step of MeZO (Malladi et al. 2023, algorithm 1), on a single copy of the parameters."""

from collections.abc import Callable

import numpy as np


def mezo_step(
    params: list[np.ndarray],
    loss_fn: Callable[[list[np.ndarray]], float],
    lr: float,
    eps: float,
    seed: int,
) -> tuple[list[np.ndarray], float]:
    """Return (new params, projected_grad) of one zeroth-order step along z, drawn from default_rng(seed)."""
    theta = [p.copy() for p in params]  # the one copy, which is moved to and fro

    def move(step: float) -> None:
        rng = np.random.default_rng(seed)  # the same z each time, one array at a time
        for p in theta:
            z = rng.standard_normal(p.shape)
            p += (step * z).astype(p.dtype)

    move(eps)
    loss_plus = loss_fn(theta)
    move(-2 * eps)
    loss_minus = loss_fn(theta)
    projected_grad = (loss_plus - loss_minus) / (2 * eps)
    move(eps - lr * projected_grad)  # back to θ, and on
    return theta, projected_grad
