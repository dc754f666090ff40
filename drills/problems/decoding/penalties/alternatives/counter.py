"""A Counter of the tokens, and a loop over those that occurred."""

from collections import Counter


def apply_penalties(logits, token_ids, frequency_penalty=0.0, presence_penalty=0.0):
    out = logits.copy()
    for token, count in Counter(token_ids.tolist()).items():
        out[token] -= frequency_penalty * count + presence_penalty
    return out
