"""Comparisons are strict about type, shape and dtype, and samplers are tested exactly."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from drills.checking import check, checks_in
from drills.comparing import Mismatch, assert_close, assert_equal, require, unpack
from drills.distributions import assert_distribution, binomial_tail

ONE = np.array([1.0])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1.0], ONE),
        (np.array([[1.0]]), ONE),
        (np.array([1.0, 1.0]), ONE),
        (np.array(1.0), ONE),
        (ONE.astype(np.float32), ONE),
        (np.array([1]), ONE),
        (np.array([1.0 + 1e-8]), ONE),
        (np.array([np.nan]), ONE),
        (np.array([np.nan]), np.array([np.nan])),
        (np.array([np.inf]), ONE),
        (np.array([-np.inf]), np.array([np.inf])),
        (None, ONE),
        (None, 1.0),
        ("1.0", 1.0),
        (True, 1.0),
        (np.zeros(3), np.zeros((3, 1))),
        (np.float32(1.0 + 1e-3), np.float32(1.0)),
    ],
)
def test_what_is_not_close(actual: Any, expected: Any) -> None:
    with pytest.raises(Mismatch) as raised:
        assert_close(actual, expected)
    assert raised.value.message.zh != raised.value.message.en


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (ONE, ONE),
        (np.array([1.0 + 1e-12]), ONE),
        (np.array([np.inf, -np.inf, 0.0]), np.array([np.inf, -np.inf, 0.0])),
        (np.array([-0.0]), np.array([0.0])),
        (1, 1.0),
        (1.0, np.float64(1.0)),
        (np.float32(1.0), 1.0),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_what_is_close(actual: Any, expected: Any) -> None:
    assert_close(actual, expected)


def test_another_order_of_summation_is_close_in_float32() -> None:
    rng = np.random.default_rng(0)
    for terms in (10, 1_000, 100_000):
        values = rng.standard_normal((4, terms)).astype(np.float32)
        exact = values.astype(np.float64).sum(axis=1)
        one_by_one = np.array([np.add.accumulate(row)[-1] for row in values], dtype=np.float32)
        assert_close(one_by_one, exact, dtype=np.float32, terms=terms)


def test_the_largest_difference_is_told_with_its_place() -> None:
    with pytest.raises(Mismatch) as raised:
        assert_close(np.array([[1.0, 2.0], [3.0, 9.0]]), np.array([[1.0, 2.5], [3.0, 4.0]]), name="grad_x")
    assert raised.value.difference is not None
    assert raised.value.difference.startswith("grad_x[1, 1]: 9 ≠ 4")
    assert "2 of 4" in raised.value.message.en


def test_the_place_told_is_a_wrong_one_among_infinities() -> None:
    with pytest.raises(Mismatch) as raised:
        assert_close(np.array([-np.inf, 1.0]), np.array([-np.inf, 2.0]))
    assert raised.value.difference is not None
    assert raised.value.difference.startswith("output[1]: 1 ≠ 2")


@pytest.mark.parametrize(
    ("actual", "expected", "equal"),
    [
        ([1, 2], [1, 2], True),
        ((1, 2), [1, 2], False),
        ([np.int64(1)], [1], True),
        ([1.0], [1], False),
        ([True], [1], False),
        (["a"], ["a"], True),
        ([(b"a", b"b")], [(b"a", b"b")], True),
        (np.array([1, 2]), np.array([1, 2], dtype=np.int32), True),
        (np.array([1.0]), np.array([1]), False),
        (np.array([True]), np.array([1]), False),
        (np.array([[1]]), np.array([1]), False),
    ],
)
def test_exact_equality(actual: Any, expected: Any, equal: bool) -> None:
    if equal:
        assert_equal(actual, expected)
    else:
        with pytest.raises(Mismatch):
            assert_equal(actual, expected)


def test_the_binomial_tail_is_exact() -> None:
    for trials, p in ((10, Fraction(1, 3)), (25, Fraction(9, 10)), (40, Fraction(1, 100))):
        pmf = [math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(trials + 1)]
        for k in range(trials + 1):
            exact = sum(pmf[: k + 1]) if k <= trials * p else sum(pmf[k:])
            assert binomial_tail(k, trials, float(p)) == pytest.approx(float(exact), rel=1e-9)


def test_a_right_sampler_passes_and_a_wrong_one_fails() -> None:
    p = np.array([0.5, 0.3, 0.2, 0.0])

    def sampler(q: np.ndarray, seed: int) -> Any:
        rng = np.random.default_rng(seed)
        return lambda n: rng.choice(len(q), size=n, p=q)

    for seed in range(30):
        assert_distribution(sampler(p, seed), p)
    for wrong in ([0.54, 0.26, 0.2, 0.0], [0.5, 0.3, 0.199, 0.001], [1.0, 0, 0, 0], [0.3, 0.5, 0.2, 0.0]):
        for seed in range(5):
            with pytest.raises(Mismatch):
                assert_distribution(sampler(np.array(wrong), seed), p)


@pytest.mark.parametrize("outcome", [-1, 4, 3])
def test_an_impossible_outcome_fails_at_once(outcome: int) -> None:
    with pytest.raises(Mismatch, match="probability 0"):
        assert_distribution(lambda n: [outcome] * n, np.array([0.5, 0.3, 0.2, 0.0]))


def test_unpack_and_require() -> None:
    assert unpack((1, 2), 2, "a", "b") == (1, 2)
    for wrong in (3, (1,), np.zeros(2), None):
        with pytest.raises(Mismatch, match="2 values"):
            unpack(wrong, 2, "a", "b")
    require(True, "never", "不会")
    with pytest.raises(Mismatch, match="said"):
        require(False, "said", "说了")


def test_edge_cases_come_before_properties() -> None:
    from hypothesis import strategies as st

    @check("second", "二", n=st.integers())
    def test_property(candidate: Any, n: int) -> None: ...

    @check("first", "一")
    def test_edge(candidate: Any) -> None: ...

    assert [spec.id for spec in checks_in({"b": test_property, "a": test_edge})] == ["edge", "property"]
    with pytest.raises(TypeError, match="test_"):
        check("x", "x")(lambda candidate: None)
