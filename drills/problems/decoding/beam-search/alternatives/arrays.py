"""The pool as one matrix of totals, a row a live beam, ranked by a flat argsort; sequences are tuples."""

import numpy as np


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    live, totals, done = [tuple(start)], np.zeros(1), []  # done: (score, tokens)
    for n in range(1, max_length + 1):
        grown = totals[:, None] + np.stack([step(list(tokens)) for tokens in live])  # (beams, V)
        scores = np.concatenate([[score for score, _ in done], (grown / n**length_penalty).ravel()])
        order = np.argsort(-scores)[:beam_width]
        before, done, next_live, next_totals = done, [], [], []
        kept = []
        for place in order:
            if place < len(before):
                done.append(before[place])
                kept.append(before[place])
                continue
            row, token = divmod(int(place) - len(before), grown.shape[1])
            tokens = (*live[row], token)
            kept.append((scores[place], tokens))
            if token == eos:
                done.append(kept[-1])
            else:
                next_live.append(tokens)
                next_totals.append(grown[row, token])
        live, totals = next_live, np.array(next_totals)
        if not live:
            break
    return [(list(tokens), score) for score, tokens in kept]
