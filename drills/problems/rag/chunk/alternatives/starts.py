"""The starts as a range that stops before a chunk would bring nothing new."""


def chunk(tokens, size, overlap):
    if overlap >= size:
        raise ValueError("windows that do not move")
    starts = range(0, max(len(tokens) - overlap, min(len(tokens), 1)), size - overlap)
    return [tokens[s : s + size] for s in starts]
