import numpy as np


def sample_token(logits, rng, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return int(logits.argmax())
    z = logits.astype(np.float64)
    probs = np.exp((z - z.max()) / temperature)
    probs = probs / probs.sum()
    tokens = np.argsort(-probs, kind="stable")
    if top_p is not None:
        ranked = probs[tokens]
        tokens = tokens[ranked.cumsum() - ranked < top_p]
    tokens = tokens[:top_k]
    kept = probs[tokens]
    return int(rng.choice(tokens, p=kept / kept.sum()))
