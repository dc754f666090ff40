"""Perplexity of a language model over an evaluation set."""

import numpy as np


def perplexity(batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Return exp of the mean negative log-likelihood over all counted tokens of all batches.

    A batch is (logits: (B, T, V), ids: (B, T) int, mask: (B, T) bool). logits[b, t] predicts ids[b, t + 1].
    """
    raise NotImplementedError
