"""The best continuation of each beam; the first step spreads out."""


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    def score(entry):
        return entry[1] / (len(entry[0]) - len(start)) ** length_penalty

    first = [([*start, t], float(lp)) for t, lp in enumerate(step(list(start)))]
    beams = sorted(first, key=score, reverse=True)[:beam_width]
    for _ in range(max_length - 1):
        if all(tokens[-1] == eos for tokens, _ in beams):
            break
        grown = []
        for tokens, total in beams:
            if tokens[-1] == eos:
                grown.append((tokens, total))
                continue
            log_probs = [float(lp) for lp in step(list(tokens))]
            token = max(range(len(log_probs)), key=log_probs.__getitem__)
            grown.append(([*tokens, token], total + log_probs[token]))
        beams = sorted(grown, key=score, reverse=True)
    return [(tokens, score((tokens, total))) for tokens, total in beams]
