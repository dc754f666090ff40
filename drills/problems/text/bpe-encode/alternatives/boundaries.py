"""Keeps where tokens begin; a merge deletes the boundary between its two parts."""

from functools import reduce
from itertools import pairwise


def bpe_encode(text, merges):
    data = bytes(text, "utf-8")

    def apply(cuts, merge):
        left, right = merge
        whole, kept, k = left + right, [cuts[0]], 1
        while k < len(cuts):
            start, middle = kept[-1], cuts[k]
            end = cuts[k + 1] if k + 1 < len(cuts) else None
            joins = end is not None and data[start:end] == whole and middle - start == len(left)
            if joins:
                kept.append(end)
                k += 2
            else:
                kept.append(middle)
                k += 1
        return kept

    cuts = reduce(apply, merges, list(range(len(data) + 1)))
    return [data[start:end] for start, end in pairwise(cuts)]
