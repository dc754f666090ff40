"""Encoding with BPE merges."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens: its UTF-8 bytes, joined by the merges.

    Each merge (left, right) is applied once, in list order, left to right over the whole text.
    """
    raise NotImplementedError
