"""The longest common substring."""


def rouge_l(candidate, reference):
    best = 0
    for i in range(len(candidate)):
        for j in range(len(reference)):
            n = 0
            while i + n < len(candidate) and j + n < len(reference) and candidate[i + n] == reference[j + n]:
                n += 1
            best = max(best, n)
    if best == 0:
        return 0.0, 0.0, 0.0
    p, r = best / len(candidate), best / len(reference)
    return p, r, 2 * p * r / (p + r)
