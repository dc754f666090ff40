"""ROUGE-L over tokens (Lin 2004, section 3.1, with beta = 1)."""


def rouge_l(candidate: list[str], reference: list[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the longest common subsequence."""
    common = lcs_length(candidate, reference)
    if common == 0:
        return 0.0, 0.0, 0.0
    precision = common / len(candidate)
    recall = common / len(reference)
    return precision, recall, 2 * precision * recall / (precision + recall)


def lcs_length(first: list[str], second: list[str]) -> int:
    """The table of prefixes row by row; row[j] is the value for the first j tokens of `second`."""
    row = [0] * (len(second) + 1)
    for token in first:
        diagonal = 0
        for j, other in enumerate(second, start=1):
            above = row[j]
            row[j] = diagonal + 1 if token == other else max(above, row[j - 1])
            diagonal = above
    return row[-1]
