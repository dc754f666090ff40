"""The inverse of the geometric mean, by a product."""

import numpy as np


def perplexity(batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Return exp(total NLL / number of counted tokens); ValueError when nothing counts."""
    product, count = 1.0, 0
    for logits, ids, mask in batches:
        counted = mask[:, 1:]  # (B, T − 1): the first token is predicted by nothing
        scores = logits[:, :-1][counted].astype(np.float64)  # (M, V), position t scores token t + 1
        targets = ids[:, 1:][counted]  # (M,)
        top = scores.max(axis=1, keepdims=True)  # (M, 1)
        log_normaliser = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        product *= np.exp(scores[np.arange(targets.size), targets] - log_normaliser).prod()
        count += targets.size
    if count == 0:
        raise ValueError("no token counts")
    with np.errstate(over="ignore", divide="ignore"):
        return float(np.float64(product) ** (-1 / count))
