"""Beam search."""

from collections.abc import Callable

import numpy as np


def beam_search(
    step: Callable[[list[int]], np.ndarray],
    start: list[int],
    eos: int,
    beam_width: int,
    max_length: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    """Return up to beam_width (tokens, score) pairs, best first; tokens are start + generated, eos included.

    step(tokens) gives log-probabilities (V,). Score: sum of log-probabilities / n**length_penalty over the n generated
    tokens. Each step pools finished beams with all continuations; it ends when all kept are finished or at max_length.
    """
    raise NotImplementedError
