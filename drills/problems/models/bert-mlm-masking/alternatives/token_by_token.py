"""A Python loop over the tokens, with lists."""

import numpy as np


def mask_tokens(ids, rng, mask_id, vocab_size, special_ids, probability=0.15):
    special = set(special_ids)
    inputs, labels = [], []
    for row in ids.tolist():
        new, targets = [], []
        for token in row:
            if token in special or rng.random() >= probability:
                new.append(token)
                targets.append(-100)
                continue
            targets.append(token)
            dice = rng.random()
            if dice < 0.1:
                new.append(token)
            elif dice < 0.2:
                new.append(int(rng.integers(vocab_size)))
            else:
                new.append(mask_id)
        inputs.append(new)
        labels.append(targets)
    return np.array(inputs, dtype=np.int64), np.array(labels, dtype=np.int64)
