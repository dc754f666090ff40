"""NDCG at k."""

from collections.abc import Sequence


def ndcg_at_k(relevances: Sequence[float], k: int) -> float:
    """Return the discounted gain of the first k results over that of the ideal order.

    relevances: graded relevance of each result, in the order returned. Gain 2^rel - 1, discount log2(rank + 1).
    The ideal is taken from all relevances; 0.0 when nothing is relevant; k may exceed the length.
    """
    raise NotImplementedError
