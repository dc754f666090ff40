"""A matrix of reciprocal ranks, one row a ranking, 0 where a document is missing; two stable sorts."""

import numpy as np


def reciprocal_rank_fusion(rankings, k=60):
    ids = sorted({doc for ranking in rankings for doc in ranking})
    column = {doc: j for j, doc in enumerate(ids)}
    reciprocal = np.zeros((len(rankings), len(ids)))
    for i, ranking in enumerate(rankings):
        reciprocal[i, [column[doc] for doc in ranking]] = 1 / (k + np.arange(1, len(ranking) + 1))
    scores = reciprocal.sum(axis=0)
    return [(ids[j], scores[j]) for j in np.argsort(-scores, kind="stable")]
