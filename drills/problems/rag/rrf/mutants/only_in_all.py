from collections import defaultdict


def reciprocal_rank_fusion(rankings, k=60):
    scores = defaultdict(float)
    for ranking in rankings:
        for rank, doc in enumerate(ranking, start=1):
            scores[doc] += 1 / (k + rank)
    common = {doc: score for doc, score in scores.items() if all(doc in ranking for ranking in rankings)}
    return sorted(common.items(), key=lambda item: (-item[1], item[0]))
