"""Reciprocal rank fusion."""


def reciprocal_rank_fusion(rankings: list[list[str]], k: int = 60) -> list[tuple[str, float]]:
    """Merge several rankings of document ids into one list of (id, score).

    The score of a document is the sum of 1 / (k + rank) over the rankings that contain it; ranks count from 1, and an
    id stands at most once in a ranking. Best first, ties in ascending order of the id.
    """
    raise NotImplementedError
