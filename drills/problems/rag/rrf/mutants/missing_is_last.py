def reciprocal_rank_fusion(rankings, k=60):
    docs = {doc for ranking in rankings for doc in ranking}
    scores = {}
    for doc in docs:
        ranks = [ranking.index(doc) + 1 if doc in ranking else len(ranking) + 1 for ranking in rankings]
        scores[doc] = sum(1 / (k + rank) for rank in ranks)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
