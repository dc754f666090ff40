"""Overlapping windows over a list of tokens."""


def chunk(tokens: list, size: int, overlap: int) -> list[list]:
    """Windows of `size` tokens that start every size - overlap; the last one ends at the last token."""
    if overlap >= size:
        raise ValueError("overlap must be smaller than size")
    chunks = []
    for start in range(0, len(tokens), size - overlap):
        chunks.append(list(tokens[start : start + size]))
        if start + size >= len(tokens):
            break
    return chunks
