import numpy as np


def sample_token(logits, rng, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return int(logits.argmax())
    z = logits.astype(np.float64)
    z = (z - z.max()) / temperature
    tokens = np.argsort(-z, kind="stable")[:top_k]
    probs = np.exp(z[tokens])
    probs = probs / probs.sum()
    if top_p is not None:
        nucleus = probs.cumsum() - probs < top_p
        tokens, probs = tokens[nucleus], probs[nucleus]
    return int(tokens[np.argmax(probs + rng.gumbel(size=probs.shape))])
