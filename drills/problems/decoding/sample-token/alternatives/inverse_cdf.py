"""Plain Python: a sorted list of (weight, token), one uniform number, a walk along the cumulative sum."""

import math


def sample_token(logits, rng, temperature=1.0, top_k=None, top_p=None):
    values = [float(x) for x in logits]
    top = max(values)
    if temperature == 0:
        return values.index(top)
    ranked = sorted(((math.exp((x - top) / temperature), -i) for i, x in enumerate(values)), reverse=True)
    if top_k is not None:
        ranked = ranked[:top_k]
    if top_p is not None:
        total, mass, size = sum(w for w, _ in ranked), 0.0, 0
        while size < len(ranked) and mass < top_p * total:
            mass += ranked[size][0]
            size += 1
        ranked = ranked[:size]
    left = rng.random() * sum(w for w, _ in ranked)
    for weight, negative in ranked:
        left -= weight
        if left < 0:
            return -negative
    return -ranked[-1][1]
