"""Ones written into a flat array, one id after another."""

import numpy as np


def one_hot(ids, num_classes, ignore_index=None):
    flat = np.zeros(ids.size * num_classes, np.float32)
    for position, label in enumerate(ids.ravel().tolist()):
        if label == ignore_index:
            continue
        if label not in range(num_classes):
            raise ValueError(label)
        flat[position * num_classes + label] = 1
    return flat.reshape(*ids.shape, num_classes)
