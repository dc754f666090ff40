"""By recursion from the end, with a cache."""

from functools import cache


def rouge_l(candidate, reference):
    @cache
    def lcs(i, j):
        if i == len(candidate) or j == len(reference):
            return 0
        if candidate[i] == reference[j]:
            return 1 + lcs(i + 1, j + 1)
        return max(lcs(i + 1, j), lcs(i, j + 1))

    length = lcs(0, 0)
    if not length:
        return (0.0, 0.0, 0.0)
    return (length / len(candidate), length / len(reference), 2 * length / (len(candidate) + len(reference)))
