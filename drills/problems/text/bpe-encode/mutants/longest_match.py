"""Encoding with BPE merges, by the longest entry of the vocabulary."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens."""
    vocab = {left + right for left, right in merges}
    longest = max((len(token) for token in vocab), default=1)
    data = text.encode("utf-8")
    tokens: list[bytes] = []
    start = 0
    while start < len(data):
        for size in range(longest, 0, -1):
            piece = data[start : start + size]
            if size == 1 or (len(piece) == size and piece in vocab):
                tokens.append(piece)
                start += len(piece)
                break
    return tokens
