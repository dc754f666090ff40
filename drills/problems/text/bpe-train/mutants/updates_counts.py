"""Training byte-level BPE, with counts that are carried from round to round."""

from collections import Counter
from itertools import pairwise


def bpe_train(text: str, num_merges: int) -> list[tuple[bytes, bytes]]:
    """Return the merges learnt from the text, first one first, at most num_merges."""
    tokens = [bytes([byte]) for byte in text.encode("utf-8")]
    counts = Counter(pairwise(tokens))
    merges: list[tuple[bytes, bytes]] = []
    while len(merges) < num_merges:
        best = max(counts, key=lambda pair: (counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        merges.append(best)
        new = best[0] + best[1]
        out: list[bytes] = []
        i = 0
        while i < len(tokens):
            if tuple(tokens[i : i + 2]) == best:
                if out:
                    counts[out[-1], new] += 1
                if i + 2 < len(tokens):
                    counts[new, tokens[i + 2]] += 1
                out.append(new)
                i += 2
            else:
                out.append(tokens[i])
                i += 1
        del counts[best]
        tokens = out
    return merges
