"""As the task says it: one choice after the other, over queues by label."""

import math


def select_examples(query, examples, labels, k):
    if k <= 0:
        raise ValueError("k")

    def cosine(x):
        length = math.sqrt(sum(a * a for a in x)) * math.sqrt(sum(a * a for a in q))
        return sum(a * b for a, b in zip(x, q, strict=True)) / length if length else 0.0

    q = query.tolist()
    keys = [(-cosine(x), i) for i, x in enumerate(examples.tolist())]
    queues = {}
    for key in sorted(keys):
        queues.setdefault(labels[key[1]], []).append(key)
    taken = dict.fromkeys(queues, 0)
    chosen = []
    while len(chosen) < k and (left := [label for label in queues if queues[label]]):
        fewest = min(taken[label] for label in left)
        best = min((label for label in left if taken[label] == fewest), key=lambda label: queues[label][0])
        chosen.append(queues[best].pop(0))
        taken[best] += 1
    return [i for _, i in sorted(chosen, reverse=True)]
