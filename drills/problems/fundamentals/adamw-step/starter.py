"""One AdamW step."""

import numpy as np


def adamw_step(
    param: np.ndarray,
    grad: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    t: int,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the new (param, m, v) after step t, counted from 1.

    All arrays have one shape and dtype. Decay is decoupled: param - lr * weight_decay * param - lr * m_hat / (sqrt(v_hat)
    + eps), both terms on the old param; m and v come back without bias correction.
    """
    raise NotImplementedError
