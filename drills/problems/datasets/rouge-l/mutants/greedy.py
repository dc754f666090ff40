"""The next match, taken at once."""


def rouge_l(candidate, reference):
    place = common = 0
    for token in candidate:
        if token in reference[place:]:
            place = reference.index(token, place) + 1
            common += 1
    if common == 0:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
