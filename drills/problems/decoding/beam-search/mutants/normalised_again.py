"""Beam search that accumulates the normalised score."""


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    beams = [(list(start), 0.0, False)]
    for n in range(1, max_length + 1):
        pool = [beam for beam in beams if beam[2]]
        for tokens, score, finished in beams:
            if not finished:
                for token, log_prob in enumerate(step(list(tokens))):
                    pool.append(
                        ([*tokens, token], (score + float(log_prob)) / n**length_penalty, token == eos)
                    )
        beams = sorted(pool, key=lambda beam: beam[1], reverse=True)[:beam_width]
        if all(finished for _, _, finished in beams):
            break
    return [(tokens, score) for tokens, score, _ in beams]
