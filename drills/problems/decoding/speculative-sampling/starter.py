"""Speculative sampling: accept a drafted token, or draw another."""

import numpy as np


def accept_or_resample(
    target: np.ndarray, draft: np.ndarray, token: int, rng: np.random.Generator
) -> tuple[bool, int]:
    """Return (accepted, token), so that the token is distributed as target.

    target, draft: (V,) probabilities of the large and the small model; token was drawn from draft.
    """
    raise NotImplementedError
