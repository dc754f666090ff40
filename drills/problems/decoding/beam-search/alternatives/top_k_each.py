"""No more than beam_width continuations of one beam can survive, so only those are made, by argpartition."""

import numpy as np


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    beams = [(list(start), 0.0, False)]
    for _ in range(max_length):
        pool = []
        for tokens, total, finished in beams:
            if finished:
                pool.append((tokens, total, True))
                continue
            lp = np.asarray(step(tokens[:]), dtype=float)
            k = min(beam_width, lp.size)
            top = np.argpartition(-lp, k - 1)[:k]
            pool += [([*tokens, int(t)], total + lp[t], int(t) == eos) for t in top]
        pool.sort(key=lambda b: -(b[1] / (len(b[0]) - len(start)) ** length_penalty))
        beams = pool[:beam_width]
        if all(b[2] for b in beams):
            break
    return [(t, s / (len(t) - len(start)) ** length_penalty) for t, s, _ in beams]
