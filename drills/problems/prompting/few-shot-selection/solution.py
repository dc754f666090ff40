"""Few-shot examples by similarity (Liu et al. 2021), balanced over the labels, the most similar last."""

from collections import Counter

import numpy as np


def select_examples(query: np.ndarray, examples: np.ndarray, labels: list[str], k: int) -> list[int]:
    """Return the indices of min(k, N) examples in the order of the prompt."""
    if k < 1:
        raise ValueError("k must be at least 1")
    norms = np.linalg.norm(examples, axis=1) * np.linalg.norm(query)  # (N,)
    similarity = examples @ query / np.where(norms > 0, norms, 1)  # (N,); a zero vector scores 0
    nearest = np.argsort(-similarity, kind="stable").tolist()  # best first, ties to the lower index
    before: Counter[str] = Counter()  # how many of a label are nearer
    turn = {}
    for i in nearest:
        turn[i] = before[labels[i]]
        before[labels[i]] += 1
    chosen = sorted(nearest, key=lambda i: turn[i])[:k]  # stable: within a round by similarity
    return sorted(chosen, key=nearest.index, reverse=True)
