"""Everything is scored, and what does not count is multiplied by zero."""

import numpy as np


def perplexity(batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> float:
    """Return exp(total NLL / number of counted tokens); ValueError when nothing counts."""
    total, count = 0.0, 0
    for logits, ids, mask in batches:
        counted = mask[:, 1:]
        scores = logits[:, :-1].astype(np.float64)
        targets = np.where(counted, ids[:, 1:], 0)
        top = scores.max(axis=2, keepdims=True)
        log_probs = scores - top - np.log(np.exp(scores - top).sum(axis=2, keepdims=True))
        losses = -np.take_along_axis(log_probs, targets[..., None], axis=2)[..., 0]
        total += (losses * counted).sum()
        count += int(counted.sum())
    if count == 0:
        raise ValueError("no token counts")
    with np.errstate(over="ignore"):
        return float(np.exp(total / count))  # one mean over all tokens, not a mean of means
