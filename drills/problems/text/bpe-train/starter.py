"""Training byte-level BPE."""


def bpe_train(text: str, num_merges: int) -> list[tuple[bytes, bytes]]:
    """Return the merges learnt from the text's UTF-8 bytes, first one first, at most num_merges.

    Each round merges the pair of neighbours that is most frequent, ties to the greatest tuple (left, right);
    it stops early when no pair occurs twice.
    """
    raise NotImplementedError
