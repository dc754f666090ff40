"""Document by document, with list.index for the rank and exact fractions for the sum."""

from fractions import Fraction


def _score(doc, rankings, k):
    return sum(Fraction(1, k + ranking.index(doc) + 1) for ranking in rankings if doc in ranking)


def reciprocal_rank_fusion(rankings, k=60):
    exact = {doc: _score(doc, rankings, k) for doc in set().union(*rankings)}
    order = sorted(exact)
    order.sort(key=exact.__getitem__, reverse=True)  # a stable sort leaves ties in the order of their ids
    return [(doc, float(exact[doc])) for doc in order]
