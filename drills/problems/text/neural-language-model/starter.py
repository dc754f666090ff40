"""A feed-forward neural language model: examples, loss and gradients."""

import numpy as np


def nnlm_examples(ids: list[int], context_size: int, start_id: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (contexts: (T, N), targets: (T,)), int64: each token of ids with the N before it, start_id where there is none."""
    raise NotImplementedError


def nnlm_loss(
    params: dict[str, np.ndarray], contexts: np.ndarray, targets: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the mean of −ln P(target | context) over the batch and its gradient for every array of params.

    params: C (V, D), H (F, N·D), d (F,), U (V, F), b (V,), and W (V, N·D) if there are direct connections.
    """
    raise NotImplementedError
