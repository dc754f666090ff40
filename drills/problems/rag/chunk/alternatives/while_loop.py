"""A window that is pushed along."""


def chunk(tokens, size, overlap):
    if not overlap < size:
        raise ValueError
    result, left = [], 0
    while left < len(tokens):
        right = min(left + size, len(tokens))
        result.append([tokens[i] for i in range(left, right)])
        if right == len(tokens):
            break
        left = right - overlap
    return result
