"""Checks of `warmup-cosine`: the two pieces as the contract writes them."""

import math

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check
from drills.strategies import sources


def rate(step, warmup, total, peak, low):
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / (total - warmup), 1.0)
    return low + (peak - low) * (1 + math.cos(math.pi * share)) / 2


def holds(candidate, step, warmup, total, peak, low=None):
    arguments = (step, warmup, total, peak) if low is None else (step, warmup, total, peak, low)
    want = rate(step, warmup, total, peak, low or 0.0)
    got = candidate.warmup_cosine(*arguments)
    assert_close(got, np.float64(want), rtol=1e-9, atol=1e-9 * peak, name="learning rate")


@check("Worked by hand: 10 steps up, 100 steps down to 0.1.", "手算例子：升 10 步，再用 100 步降到 0.1。")
def test_by_hand(candidate):
    late, last = (0.1 + 0.45 * (1 + math.cos(share * math.pi)) for share in (0.95, 0.99))
    for step, want in (
        (0, 0.0),
        (5, 0.5),
        (10, 1.0),
        (105, late),
        (109, last),
        (60, 0.55),
        (110, 0.1),
        (500, 0.1),
    ):
        got = candidate.warmup_cosine(step, 10, 110, 1.0, 0.1)
        assert_close(got, np.float64(want), rtol=1e-9, atol=1e-12, name=f"learning rate at step {step}")


@check("It starts at 0 and reaches the peak at the end of the warm-up.", "从 0 开始，预热结束时到达峰值。")
def test_warmup(candidate):
    for warmup in (1, 2, 7, 100):
        for step in {0, 1, warmup // 2, warmup - 1, warmup, warmup + 1}:
            holds(candidate, step, warmup, warmup + 50, 3e-4, 1e-5)


@check("Without a warm-up step 0 gives the peak.", "没有预热时第 0 步就是峰值。")
def test_no_warmup(candidate):
    for step in (0, 1, 5, 10, 11):
        holds(candidate, step, 0, 10, 2.0, 0.5)
        holds(candidate, step, 0, 10, 2.0)
    holds(candidate, 0, 0, 1, 1.0)


@check("The cosine spans the steps after the warm-up.", "余弦覆盖预热之后的全部步数。")
def test_span(candidate):
    for step in range(30, 101, 10):
        holds(candidate, step, 20, 100, 1.0, 0.2)


@check("From total_steps on it stays at min_lr.", "从 total_steps 起保持 min_lr。")
def test_after_the_end(candidate):
    for step in (100, 101, 150, 180, 260, 10_000):
        holds(candidate, step, 20, 100, 1e-3, 1e-4)
        holds(candidate, step, 20, 100, 1e-3)


@check("min_lr is 0 unless it is given.", "不指定时 min_lr = 0。")
def test_default(candidate):
    for step in (0, 3, 50, 99, 100):
        holds(candidate, step, 4, 100, 6e-4)


@check(
    "On drawn schedules.",
    "在随机的调度参数上正确。",
    examples=120,
    source=sources(("normal",), ("float64",)),
    warmup=st.integers(0, 500),
    decay=st.integers(1, 2000),
    where=st.floats(0, 1.3),
    peak=st.sampled_from([1e-5, 3e-4, 0.1, 2.0]),
    floor=st.sampled_from([0.0, 0.05, 0.1, 0.5]),
)
def test_drawn(candidate, source, warmup, decay, where, peak, floor):
    holds(candidate, int(where * (warmup + decay)), warmup, warmup + decay, peak, peak * floor)
