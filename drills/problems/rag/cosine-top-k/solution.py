"""Dense retrieval: the k documents whose embeddings have the largest cosine with the query's."""

import numpy as np


def cosine_top_k(query: np.ndarray, docs: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices and cosines of the min(k, N) best documents, best first, ties to the lower index."""
    lengths = np.linalg.norm(docs, axis=-1) * np.linalg.norm(query)  # (N,)
    dots = docs @ query  # (N,), 0 for a zero vector
    scores = dots / np.where(lengths == 0, 1, lengths)
    best = np.argsort(-scores, kind="stable")[:k]  # (min(k, N),)
    return best, scores[best]
