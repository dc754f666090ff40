"""One step of MeZO."""

from collections.abc import Callable

import numpy as np


def mezo_step(
    params: list[np.ndarray],
    loss_fn: Callable[[list[np.ndarray]], float],
    lr: float,
    eps: float,
    seed: int,
) -> tuple[list[np.ndarray], float]:
    """Return (new params, projected_grad) of one zeroth-order step along z, drawn from default_rng(seed).

    g = (L(θ + εz) − L(θ − εz)) / 2ε, and the result θ − lr · g · z. z is drawn again whenever it is needed; the caller's
    arrays are never changed.
    """
    raise NotImplementedError
