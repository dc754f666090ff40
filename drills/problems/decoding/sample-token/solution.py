"""Drawing the next token: temperature, top-k, top-p (Holtzman et al. 2020, §3.1 to §3.3)."""

import numpy as np


def sample_token(
    logits: np.ndarray,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> int:
    """Draw one token from softmax(logits / temperature), cut by top-k, then by top-p."""
    if temperature == 0:
        return int(logits.argmax())  # greedy
    z = logits.astype(np.float64)
    z = (z - z.max()) / temperature  # (V,), at most 0: exp cannot overflow
    tokens = np.argsort(-z, kind="stable")[:top_k]  # most likely first
    probs = np.exp(z[tokens])
    probs = probs / probs.sum()  # top-p sees the renormalised top-k distribution
    if top_p is not None:
        nucleus = probs.cumsum() - probs < top_p  # the mass ahead has not yet reached p
        tokens, probs = tokens[nucleus], probs[nucleus]
    return int(rng.choice(tokens, p=probs / probs.sum()))
