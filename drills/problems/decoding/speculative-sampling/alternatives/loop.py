"""Plain Python: adds up what is missing until a random share of it is passed."""


def accept_or_resample(target, draft, token, rng):
    accept = min(1.0, float(target[token]) / float(draft[token]))
    if accept == 1.0 or rng.uniform() < accept:
        return [True, token]
    missing = {i: float(p) - float(q) for i, (p, q) in enumerate(zip(target, draft, strict=True)) if p > q}
    left = rng.uniform(0.0, sum(missing.values()))
    for other in missing:
        left -= missing[other]
        if left < 0:
            break
    return [False, other]
