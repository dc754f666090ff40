"""One uniform number a token decides everything: below 0.8 p [MASK], below 0.9 p random, below p kept."""

import numpy as np


def mask_tokens(ids, rng, mask_id, vocab_size, special_ids, probability=0.15):
    special = np.zeros(ids.shape, dtype=bool)
    for token in special_ids:
        special |= ids == token
    u = np.where(special, 2.0, rng.random(ids.shape))
    inputs = ids.copy()
    masked = u < 0.8 * probability
    swapped = ~masked & (u < 0.9 * probability)
    inputs[masked] = mask_id
    inputs[swapped] = rng.integers(vocab_size, size=int(swapped.sum()))
    labels = ids.copy()
    labels[u >= probability] = -100
    return inputs, labels
