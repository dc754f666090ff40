"""The beam_width best continuations of every sequence, ranked together at the end only."""


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    def score(beam):
        return beam[1] / (len(beam[0]) - len(start)) ** length_penalty

    beams = [(list(start), 0.0)]
    for n in range(max_length):
        grown = []
        for tokens, total in beams:
            if n and tokens[-1] == eos:
                grown.append((tokens, total))
                continue
            ranked = sorted(enumerate(step(list(tokens))), key=lambda pair: -pair[1])
            grown += [([*tokens, token], total + float(lp)) for token, lp in ranked[:beam_width]]
        beams = grown
    beams = sorted(beams, key=score, reverse=True)[:beam_width]
    return [(tokens, score((tokens, total))) for tokens, total in beams]
