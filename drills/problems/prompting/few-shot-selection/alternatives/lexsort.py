"""Everything in arrays: the round of each example from a comparison of all pairs, then two lexsorts."""

import numpy as np


def select_examples(query, examples, labels, k):
    if k < 1:
        raise ValueError(f"k = {k}")
    unit = [v / max(np.linalg.norm(v), 1e-30) for v in examples.astype(np.float64)]
    scores = np.array(unit) @ (query / max(np.linalg.norm(query), 1e-30))
    _, codes = np.unique(np.array(labels), return_inverse=True)
    index = np.arange(len(scores))
    nearer = (scores[None] > scores[:, None]) | ((scores[None] == scores[:, None]) & (index < index[:, None]))
    rounds = (nearer & (codes[None] == codes[:, None])).sum(axis=1)
    chosen = np.lexsort((index, -scores, rounds))[:k]
    return chosen[np.lexsort((-chosen, scores[chosen]))].tolist()
