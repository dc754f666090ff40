"""Dense retrieval by cosine similarity."""

import numpy as np


def cosine_top_k(query: np.ndarray, docs: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices and cosines of the min(k, N) documents that are most similar to the query.

    query: (D,), docs: (N, D), k ≥ 1. Best first, ties to the lower index; a zero vector scores 0. The indices
    are integers, the scores have query's dtype.
    """
    raise NotImplementedError
