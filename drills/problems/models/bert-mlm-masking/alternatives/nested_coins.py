"""Masked with 0.8, and half of the others random, on a flat view of the chosen places only."""

import numpy as np


def mask_tokens(ids, rng, mask_id, vocab_size, special_ids, probability=0.15):
    places = np.flatnonzero(~np.isin(ids, special_ids))
    places = places[rng.binomial(1, probability, places.size) == 1]
    labels = np.full(ids.size, -100, dtype=np.int64)
    labels[places] = ids.ravel()[places]
    kind = rng.choice(3, size=places.size, p=[0.8, 0.1, 0.1])
    inputs = ids.ravel().copy()
    inputs[places[kind == 0]] = mask_id
    inputs[places[kind == 1]] = rng.integers(0, vocab_size, np.count_nonzero(kind == 1))
    return inputs.reshape(ids.shape), labels.reshape(ids.shape)
