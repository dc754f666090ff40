"""Every token is one character of a string, so that str.replace merges from the left without overlap."""


def bpe_train(text, num_merges):
    names = [bytes([value]) for value in range(256)]
    sequence = "".join(map(chr, text.encode()))
    merges = []
    while len(merges) < num_merges:
        counts = {}
        for i in range(len(sequence) - 1):
            pair = sequence[i : i + 2]
            counts[pair] = counts.get(pair, 0) + 1
        top = max(counts.values(), default=0)
        if top < 2:
            return merges
        tied = [pair for pair, count in counts.items() if count == top]
        pair = max(tied, key=lambda pair: (names[ord(pair[0])], names[ord(pair[1])]))
        left, right = (names[ord(character)] for character in pair)
        sequence = sequence.replace(pair, chr(len(names)))
        names.append(left + right)
        merges.append((left, right))
    return merges
