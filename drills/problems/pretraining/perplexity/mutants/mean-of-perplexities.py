"""The mean of the batches' perplexities."""

import numpy as np


def perplexity(batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Return exp(total NLL / number of counted tokens); ValueError when nothing counts."""
    total, count = 0.0, 0
    for logits, ids, mask in batches:
        counted = mask[:, 1:]  # (B, T − 1): the first token is predicted by nothing
        scores = logits[:, :-1][counted].astype(np.float64)  # (M, V), position t scores token t + 1
        targets = ids[:, 1:][counted]  # (M,)
        top = scores.max(axis=1, keepdims=True)  # (M, 1)
        log_normaliser = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        if targets.size:
            total += np.exp((log_normaliser - scores[np.arange(targets.size), targets]).mean())
            count += 1
    if count == 0:
        raise ValueError("no token counts")
    with np.errstate(over="ignore"):
        return float(total / count)  # one mean over all tokens, not a mean of means
