"""Natural logarithms, whose base cancels in the ratio."""

import math

import numpy as np


def ndcg_at_k(relevances, k):
    r = np.array(relevances, float)
    order = np.argsort(r)[::-1]
    total = ideal = 0.0
    for place in range(min(k, r.size)):
        discount = math.log(place + 2)
        total += (2 ** r[place] - 1) / discount
        ideal += (2 ** r[order[place]] - 1) / discount
    if not ideal:
        return 0.0
    return total / ideal
