"""An n-gram language model with add-k smoothing."""

import numpy as np


def ngram_log_probs(corpus: list[list[str]], sentence: list[str], n: int, k: float = 1.0) -> np.ndarray:
    """Return ln P of each token of the sentence and then of its end, (T + 1,) float64.

    corpus: training sentences; n: the order; k: added to each count (0: maximum likelihood).
    """
    raise NotImplementedError


def ngram_perplexity(corpus: list[list[str]], sentences: list[list[str]], n: int, k: float = 1.0) -> float:
    """Return exp of minus the mean log-probability over all predictions of all sentences."""
    raise NotImplementedError
