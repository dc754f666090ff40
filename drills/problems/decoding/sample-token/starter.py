"""Drawing the next token."""

import numpy as np


def sample_token(
    logits: np.ndarray,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> int:
    """Draw one token from softmax(logits / temperature), cut by top-k, then by top-p.

    logits: (V,). top_k ≥ 1 may exceed V; 0 < top_p ≤ 1 applies to the renormalised top-k distribution; None
    leaves a filter out. Temperature 0 is greedy: the first maximum. All chance comes from rng.
    """
    raise NotImplementedError
