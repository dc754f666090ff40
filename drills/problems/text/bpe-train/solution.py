"""Training byte-level BPE (Sennrich et al. 2016, Algorithm 1, over bytes and without pre-splitting)."""

from collections import Counter
from itertools import pairwise


def merge(tokens: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
    """Join the pair wherever it stands, left to right, without overlap."""
    out: list[bytes] = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == pair:
            out.append(pair[0] + pair[1])
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def bpe_train(text: str, num_merges: int) -> list[tuple[bytes, bytes]]:
    """Return the merges learnt from the text, first one first, at most num_merges."""
    tokens = [bytes([byte]) for byte in text.encode("utf-8")]
    merges: list[tuple[bytes, bytes]] = []
    for _ in range(num_merges):
        counts = Counter(pairwise(tokens))
        best = max(counts, key=lambda pair: (counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        merges.append(best)
        tokens = merge(tokens, best)
    return merges
