"""Every distinct token is one character of a string, and str.replace applies a merge."""


def bpe_encode(text, merges):
    symbol = {bytes([value]): chr(value) for value in range(256)}

    def name(token):
        return symbol.setdefault(token, chr(0x10000 + len(symbol)))

    sequence = "".join(chr(value) for value in text.encode())
    for left, right in merges:
        sequence = sequence.replace(name(left) + name(right), name(left + right))
    token_of = {character: token for token, character in symbol.items()}
    return [token_of[character] for character in sequence]
