"""Choosing few-shot examples: similar, balanced over the labels, the most similar last."""

import numpy as np


def select_examples(query: np.ndarray, examples: np.ndarray, labels: list[str], k: int) -> list[int]:
    """Return the indices of min(k, N) examples in the order of the prompt.

    query: (D,), examples: (N, D), one label for each. By cosine (a zero vector scores 0, ties to the lower index);
    each time a label that was chosen least often is in turn; the most similar of all stands last. k < 1 is a ValueError.
    """
    raise NotImplementedError
