"""CBOW: training examples, loss and gradients."""

import numpy as np


def cbow_examples(ids: list[int], window: int) -> list[tuple[list[int], int]]:
    """Return (context, target) for each position that has a context: up to `window` tokens on each side."""
    raise NotImplementedError


def cbow_loss(
    w_in: np.ndarray, w_out: np.ndarray, contexts: list[list[int]], targets: list[int]
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the mean loss over the batch and its gradients with respect to w_in and w_out, (V, D) each."""
    raise NotImplementedError
