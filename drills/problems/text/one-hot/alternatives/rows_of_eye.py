"""Rows of the identity matrix, after the ids have been checked."""

import numpy as np


def one_hot(ids, num_classes, ignore_index=None):
    labels = np.array(ids, dtype=np.int64)  # a copy
    ignored = np.zeros_like(labels, dtype=bool)
    if ignore_index is not None:
        ignored = labels == ignore_index
        labels[ignored] = 0
    if labels.size and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError("label out of range")
    rows = np.eye(num_classes, dtype=np.float32)[labels]
    rows[ignored] = 0
    return rows
