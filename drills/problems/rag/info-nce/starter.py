"""InfoNCE with in-batch negatives."""

from torch import Tensor


def info_nce(queries: Tensor, keys: Tensor, temperature: float = 0.07) -> Tensor:
    """Return the mean over the batch, a scalar, of each query's cross-entropy over all keys.

    queries, keys: (B, D), L2-normalised here; keys[i] is the positive of queries[i], the other keys are its negatives.
    """
    raise NotImplementedError
