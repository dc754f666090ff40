"""Overlap of the sets of words."""


def rouge_l(candidate, reference):
    common = len(set(candidate) & set(reference))
    if common == 0:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
