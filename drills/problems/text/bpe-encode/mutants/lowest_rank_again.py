"""Encoding with BPE merges, always the earliest merge that is possible."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens."""
    rank = {pair: number for number, pair in enumerate(merges)}
    tokens = [bytes([byte]) for byte in text.encode("utf-8")]
    while True:
        pairs = [(tokens[i], tokens[i + 1]) for i in range(len(tokens) - 1)]
        best = min(pairs, key=lambda pair: rank.get(pair, len(merges)), default=None)
        if best is None or best not in rank:
            return tokens
        merged: list[bytes] = []
        for token in tokens:
            if merged and (merged[-1], token) == best:
                merged[-1] += token
            else:
                merged.append(token)
        tokens = merged
