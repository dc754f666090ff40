"""The last counterexample is tried first, and no verdict is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.catalog import Drill
from drills.grading.client import Grader
from drills.grading.counterexamples import MOST, Counterexamples
from drills.grading.report import Report

SCALE = " / np.sqrt(q.shape[-1]).astype(q.dtype)"
TOP = "    top = np.where(np.isfinite(top), top, 0)  # -inf - -inf would be NaN\n"
EXAMPLE = {"check": "values", "version": "6.0", "blob": "AAAA"}


def three_wide(drill: Drill) -> str:
    """Wrong for three columns: only a property finds it."""
    begins = "    scores = q @"
    return drill.solution.replace(
        begins, f"    if q.shape[-1] == 3: return 0 * v[..., :1, :] + 0 * q[..., :1]\n{begins}"
    )


def as_ever(report: Report) -> object:
    return report.model_dump(exclude={"seconds": True, "again": True, "checks": {"__all__": {"seconds"}}})


def test_it_is_tried_first_and_changes_nothing(attention: Drill, tmp_path: Path, grader: Grader) -> None:
    kept = Counterexamples(tmp_path / "counterexamples.json")
    wrong = three_wide(attention)
    fresh = grader.grade(attention, wrong)
    with Grader(counterexamples=kept) as keeping:
        first = keeping.grade(attention, wrong)
        assert first.again is None
        assert kept.get(attention.id) is not None
        second = keeping.grade(attention, wrong)
        assert second.again is not None
        assert not second.again.holds
        assert second.failure is not None
        assert second.again.check == second.failure.check
        assert as_ever(first) == as_ever(second) == as_ever(fresh)
        mended = keeping.grade(attention, attention.solution)
        assert mended.passed
        assert mended.again is not None
        assert mended.again.holds
        assert kept.get(attention.id) is None
        assert keeping.grade(attention, attention.solution).again is None


def test_a_solution_that_counts_its_calls_is_not_told_apart(attention: Drill) -> None:
    """What tries again is not the process that is judged."""
    kept = Counterexamples()
    counting = attention.solution.replace(
        "    scores = q @",
        "    global calls\n    calls = globals().get('calls', 0) + 1\n    print(calls)\n    scores = q @",
    )
    with Grader(counterexamples=kept) as keeping:
        keeping.grade(attention, three_wide(attention))
        after = keeping.grade(attention, counting)
    assert after.passed
    assert after.again is not None


@pytest.mark.parametrize(
    "example", [EXAMPLE, {**EXAMPLE, "check": "no such check"}, {**EXAMPLE, "version": "x"}]
)
def test_an_example_of_another_time_is_left_alone(example: dict[str, str], attention: Drill) -> None:
    kept = Counterexamples()
    kept.keep(attention.id, example)
    with Grader(counterexamples=kept) as keeping:
        report = keeping.grade(attention, attention.solution)
    assert report.passed
    assert report.again is None


def test_the_file_holds_what_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "home" / "counterexamples.json"
    one = Counterexamples(path)
    for number in range(MOST + 5):
        one.keep(f"drill-{number}", EXAMPLE)
    one.keep("drill-9", None)
    two = Counterexamples(path)
    assert two.get("drill-0") is None
    assert two.get("drill-9") is None
    assert two.get("drill-10") == EXAMPLE


@pytest.mark.parametrize("text", ["", "[]", "{", '{"attention": 3}', '{"attention": {"check": 1}}'])
def test_a_spoilt_file_is_as_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "counterexamples.json"
    path.write_text(text, "utf-8")
    assert Counterexamples(path).get("attention") is None
