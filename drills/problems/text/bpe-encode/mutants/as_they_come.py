"""Encoding with BPE merges, in one pass over the text."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens."""
    known = set(merges)
    tokens: list[bytes] = []
    for byte in text.encode("utf-8"):
        tokens.append(bytes([byte]))
        while len(tokens) > 1 and (tokens[-2], tokens[-1]) in known:
            right = tokens.pop()
            tokens[-1] += right
    return tokens
