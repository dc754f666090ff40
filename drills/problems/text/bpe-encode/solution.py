"""Encoding with BPE merges (Sennrich et al. 2016, over bytes and without pre-splitting)."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens: each merge is applied once, in list order."""
    tokens = [bytes([byte]) for byte in text.encode("utf-8")]
    for left, right in merges:
        merged: list[bytes] = []
        for token in tokens:
            if merged and merged[-1] == left and token == right:
                merged[-1] = left + right  # longer than left, so it cannot be merged again in this pass
            else:
                merged.append(token)
        tokens = merged
    return tokens
