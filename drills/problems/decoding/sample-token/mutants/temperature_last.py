import numpy as np


def sample_token(logits, rng, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return int(logits.argmax())
    z = logits.astype(np.float64) - logits.max()
    tokens = np.argsort(-z, kind="stable")[:top_k]
    probs = np.exp(z[tokens])
    probs = probs / probs.sum()
    if top_p is not None:
        tokens = tokens[probs.cumsum() - probs < top_p]
    weights = np.exp(z[tokens] / temperature)
    return int(rng.choice(tokens, p=weights / weights.sum()))
