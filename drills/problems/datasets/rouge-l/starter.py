"""ROUGE-L."""


def rouge_l(candidate: list[str], reference: list[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 by the longest common subsequence of the two token lists.

    Precision is its length over len(candidate), recall over len(reference). All are 0.0 when either list is empty
    or nothing agrees.
    """
    raise NotImplementedError
