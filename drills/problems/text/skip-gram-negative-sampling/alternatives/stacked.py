"""Context and negatives as one matrix with labels 1 and 0, like a logistic regression."""

import numpy as np


def sgns_loss(center, context, negatives):
    outputs = np.vstack([context[None, :], negatives])
    labels = np.zeros(len(outputs), dtype=center.dtype)
    labels[0] = 1
    z = outputs @ center
    loss = np.maximum(z, 0) - z * labels + np.log1p(np.exp(-np.abs(z)))
    small = np.exp(-np.abs(z))
    probability = np.where(z >= 0, 1 / (1 + small), small / (1 + small))
    delta = probability - labels
    grad_outputs = delta[:, None] * center
    return loss.sum(), delta @ outputs, grad_outputs[0], grad_outputs[1:]
