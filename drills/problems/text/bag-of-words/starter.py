"""Bag of words."""

import numpy as np


def bag_of_words(
    train: list[list[str]],
    docs: list[list[str]],
    min_df: int = 1,
    max_features: int | None = None,
    binary: bool = False,
) -> tuple[np.ndarray, list[str]]:
    """Return the counts (N, V) of the vocabulary's tokens in `docs`, int64, and the sorted vocabulary of `train`.

    min_df: documents of `train` a token must stand in; max_features: how many tokens are kept at most.
    """
    raise NotImplementedError
