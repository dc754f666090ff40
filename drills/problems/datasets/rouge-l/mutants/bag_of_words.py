"""Unigram overlap with counts."""

from collections import Counter


def rouge_l(candidate, reference):
    common = sum((Counter(candidate) & Counter(reference)).values())
    if common == 0:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
