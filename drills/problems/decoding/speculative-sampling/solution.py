"""Speculative sampling: accept a drafted token or draw another (Leviathan et al. 2023, §2.3)."""

import numpy as np


def accept_or_resample(
    target: np.ndarray, draft: np.ndarray, token: int, rng: np.random.Generator
) -> tuple[bool, int]:
    """Return (accepted, token); token was drawn from draft, what comes back is distributed as target."""
    ratio = target[token] / draft[token]  # p / q
    if rng.random() < ratio:  # always where p ≥ q
        return True, token
    residual = np.maximum(target - draft, 0)  # (V,) what the draft gives too rarely
    token = rng.choice(len(target), p=residual / residual.sum())
    return False, int(token)
