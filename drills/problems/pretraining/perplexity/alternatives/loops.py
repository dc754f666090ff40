"""Token by token with Python's math."""

import math


def perplexity(batches):
    losses = []
    for logits, ids, mask in batches:
        for b in range(len(ids)):
            for t in range(1, len(ids[b])):
                if mask[b][t]:
                    row = [float(z) for z in logits[b][t - 1]]
                    top = max(row)
                    log_sum = math.log(math.fsum(math.exp(z - top) for z in row))
                    losses.append(top + log_sum - row[ids[b][t]])
    if not losses:
        raise ValueError("nothing to average")
    mean = math.fsum(losses) / len(losses)
    try:
        return math.exp(mean)
    except OverflowError:
        return math.inf
