"""With heapq, and the number generated read off the lengths."""

import heapq


def beam_search(step, start, eos, beam_width, max_length, length_penalty=0.0):
    def normalised(entry):
        tokens, total = entry
        n = len(tokens) - len(start)
        return total / n**length_penalty

    alive, done = [(tuple(start), 0.0)], []
    for _ in range(max_length):
        pool = list(done)
        for tokens, total in alive:
            log_probs = step(list(tokens))
            pool.extend(((*tokens, t), total + log_probs[t]) for t in range(len(log_probs)))
        best = heapq.nlargest(beam_width, pool, key=normalised)
        done = [b for b in best if len(b[0]) > len(start) and b[0][-1] == eos]
        alive = [b for b in best if b not in done]
        if not alive:
            break
    return [(list(tokens), float(normalised((tokens, total)))) for tokens, total in best]
