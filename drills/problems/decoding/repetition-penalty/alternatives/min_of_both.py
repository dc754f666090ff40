"""Of z / θ and z · θ the smaller one is the penalised (the larger one for θ < 1), without asking for the sign."""

import numpy as np


def apply_repetition_penalty(logits, token_ids, penalty):
    if penalty <= 0:
        raise ValueError("penalty must be positive")
    batch, vocab = logits.shape
    cells = (token_ids + vocab * np.arange(batch)[:, None]).ravel()
    counts = np.bincount(cells, minlength=batch * vocab).reshape(batch, vocab)
    choose = np.minimum if penalty > 1 else np.maximum
    out = choose(logits / penalty, logits * penalty)
    return np.where(counts == 0, logits, out).astype(logits.dtype, copy=False)
