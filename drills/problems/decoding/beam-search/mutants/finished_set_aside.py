"""Finished beams in a list of their own."""


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    def score(entry):
        return entry[1] / (len(entry[0]) - len(start)) ** length_penalty

    alive, done = [(list(start), 0.0)], []
    for _ in range(max_length):
        pool = []
        for tokens, total in alive:
            for token, log_prob in enumerate(step(list(tokens))):
                pool.append(([*tokens, token], total + float(log_prob)))
        pool = sorted(pool, key=score, reverse=True)[:beam_width]
        done += [entry for entry in pool if entry[0][-1] == eos]
        alive = [entry for entry in pool if entry[0][-1] != eos]
        if not alive:
            break
    best = sorted(done + alive, key=score, reverse=True)[:beam_width]
    return [(tokens, score((tokens, total))) for tokens, total in best]
