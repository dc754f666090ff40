"""A pointer into the candidate that moves on a match."""


def rouge_l(candidate, reference):
    common = 0
    for token in reference:
        if common < len(candidate) and candidate[common] == token:
            common += 1
    if common == 0:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
