"""One list, changed in place with an index that moves on after each join."""


def bpe_encode(text, merges):
    data = text.encode("utf-8")
    tokens = [data[i : i + 1] for i in range(len(data))]
    for pair in merges:
        i = 0
        while i < len(tokens) - 1:
            if (tokens[i], tokens[i + 1]) == tuple(pair):
                tokens[i] += tokens.pop(i + 1)
            i += 1
    return tokens
