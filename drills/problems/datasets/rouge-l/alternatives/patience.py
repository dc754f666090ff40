"""Hunt and Szymanski: the longest increasing run of matching places."""

from bisect import bisect_left
from collections import defaultdict


def rouge_l(candidate, reference):
    places = defaultdict(list)
    for j, token in enumerate(reference):
        places[token].append(j)
    tails = []
    for token in candidate:
        for j in reversed(places[token]):
            at = bisect_left(tails, j)
            tails[at : at + 1] = [j]
    length = len(tails)
    if length == 0:
        return 0.0, 0.0, 0.0
    return length / len(candidate), length / len(reference), length / ((len(candidate) + len(reference)) / 2)
