"""Hypothesis strategies for arrays and tensors: a few numbers are drawn, the values follow from a seed.

Drawing a seed, a dtype and a kind finds overflow, ties and underflow, shrinks well, and costs well under
a millisecond an example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

KINDS = ("normal", "ties", "large", "tiny", "positive", "negative")


@dataclass
class Source:
    """Makes the arrays of one example, each call another, all in one dtype.

    Kinds: `normal` (standard normal), `ties` (small integers), `large` (spread of about ±1e3), `tiny`
    (about 1e-4), `positive` and `negative` (a normal's absolute value and its opposite).
    """

    seed: int
    dtype: str = "float64"
    kind: str = "normal"
    _rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(self.seed)

    def array(self, *shape: int, kind: str | None = None) -> np.ndarray:
        """A fresh array of the given shape."""
        values = self._rng.standard_normal(shape)
        match kind or self.kind:
            case "ties":
                values = np.rint(values)
            case "large":
                values = values * 1e3
            case "tiny":
                values = values * 1e-4
            case "positive":
                values = np.abs(values)
            case "negative":
                values = -np.abs(values)
        return np.asarray(values).astype(self.dtype)

    def tensor(self, *shape: int, kind: str | None = None, requires_grad: bool = False) -> Any:
        """The same as a torch tensor."""
        import torch

        return torch.from_numpy(self.array(*shape, kind=kind)).requires_grad_(requires_grad)

    def integers(self, low: int, high: int, *shape: int) -> np.ndarray:
        """Integers in [low, high)."""
        return self._rng.integers(low, high, shape)

    def mask(self, *shape: int, share: float = 0.7) -> np.ndarray:
        """Booleans, True with probability `share`."""
        return self._rng.random(shape) < share

    @property
    def rng(self) -> np.random.Generator:
        return self._rng


def sources(
    kinds: Sequence[str] = ("normal",), dtypes: Sequence[str] = ("float64", "float32")
) -> st.SearchStrategy[Source]:
    """A Source of one of `kinds` in one of `dtypes`; it shrinks to seed 0 and the first of each."""
    from drills.checking import SEED

    return st.builds(
        Source,
        seed=st.integers(0, 9_999).map(lambda seed: seed + 10_000 * SEED),
        dtype=st.sampled_from(list(dtypes)),
        kind=st.sampled_from(list(kinds)),
    )


def sizes(low: int = 1, high: int = 6) -> st.SearchStrategy[int]:
    """The length of an axis."""
    return st.integers(low, high)


def leading_axes(max_axes: int = 2, high: int = 3, low: int = 1) -> st.SearchStrategy[tuple[int, ...]]:
    """Any number of batch axes, none included: the `...` of a signature."""
    return st.lists(st.integers(low, high), max_size=max_axes).map(tuple)
