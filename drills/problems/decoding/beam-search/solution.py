"""Beam search with finished beams in the pool and normalisation by length."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Beam(NamedTuple):
    """A sequence with its summed log-probability and the number of generated tokens."""

    tokens: list[int]
    total: float
    length: int
    finished: bool


def beam_search(
    step: Callable[[list[int]], np.ndarray],
    start: list[int],
    eos: int,
    beam_width: int,
    max_length: int,
    length_penalty: float = 0.0,
) -> list[tuple[list[int], float]]:
    """Keep the best beam_width of finished beams and all continuations, step by step."""

    def score(beam: Beam) -> float:
        return beam.total / beam.length**length_penalty

    beams = [Beam(list(start), 0.0, 0, False)]
    for _ in range(max_length):
        pool = [beam for beam in beams if beam.finished]
        for beam in beams:
            if not beam.finished:
                pool += continuations(beam, step(list(beam.tokens)), eos)
        beams = sorted(pool, key=score, reverse=True)[:beam_width]
        if all(beam.finished for beam in beams):
            break
    return [(beam.tokens, score(beam)) for beam in beams]


def continuations(beam: Beam, log_probs: np.ndarray, eos: int) -> list[Beam]:
    """The beam with each token of the vocabulary added."""
    return [
        Beam([*beam.tokens, token], beam.total + float(log_prob), beam.length + 1, token == eos)
        for token, log_prob in enumerate(log_probs)
    ]
