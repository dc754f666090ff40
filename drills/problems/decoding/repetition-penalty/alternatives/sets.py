"""A set of tokens for each row, and one logit after the other."""


def apply_repetition_penalty(logits, token_ids, penalty):
    if not penalty > 0:
        raise ValueError(f"penalty must be > 0, not {penalty}")
    out = logits.copy()
    for row, tokens in zip(out, token_ids.tolist(), strict=True):
        for token in set(tokens):
            row[token] = row[token] * penalty if row[token] < 0 else row[token] / penalty
    return out
