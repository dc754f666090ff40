"""BPE encoding over token numbers, one number for each merge."""


def bpe_encode(text: str, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """Return the text's tokens."""
    tokens = [bytes([byte]) for byte in range(256)] + [left + right for left, right in merges]
    number: dict[bytes, int] = {}
    for k, token in enumerate(tokens):
        number.setdefault(token, k)
    ids = list(text.encode("utf-8"))
    for k, (left, right) in enumerate(merges):
        pair = [number.get(left), number.get(right)]
        merged: list[int] = []
        i = 0
        while i < len(ids):
            joins = ids[i : i + 2] == pair
            merged.append(256 + k if joins else ids[i])
            i += 2 if joins else 1
        ids = merged
    return [tokens[i] for i in ids]
