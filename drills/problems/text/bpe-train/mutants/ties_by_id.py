"""Training byte-level BPE on token ids."""

from collections import Counter
from itertools import pairwise


def merge(ids: list[int], pair: tuple[int, int], new: int) -> list[int]:
    """Put the new id wherever the pair stands."""
    out: list[int] = []
    for value in ids:
        if out and out[-1] == pair[0] and value == pair[1]:
            out[-1] = new
        else:
            out.append(value)
    return out


def bpe_train(text: str, num_merges: int) -> list[tuple[bytes, bytes]]:
    """Return the merges learnt from the text, first one first, at most num_merges."""
    ids = list(text.encode("utf-8"))
    vocab = {value: bytes([value]) for value in range(256)}
    merges: list[tuple[bytes, bytes]] = []
    for new in range(256, 256 + num_merges):
        counts = Counter(pairwise(ids))
        best = max(counts, key=lambda pair: (counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        ids = merge(ids, best, new)
        vocab[new] = vocab[best[0]] + vocab[best[1]]
        merges.append((vocab[best[0]], vocab[best[1]]))
    return merges
