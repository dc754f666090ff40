"""The second draw as the first of exponential clocks (the Gumbel-max trick), without a sum."""

import numpy as np


def accept_or_resample(target, draft, token, rng):
    log_u = -rng.exponential()
    with np.errstate(divide="ignore"):
        if log_u < np.log(target[token]) - np.log(draft[token]):
            return True, token
    missing = np.flatnonzero(target > draft)
    waits = rng.standard_exponential(missing.size) / (target - draft)[missing]
    return False, missing[np.argmin(waits)]
