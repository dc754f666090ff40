"""A failing file is told which known mistake it makes, and no other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from drills.catalog import find_drill
from drills.comparing import Mismatch
from drills.grading import codec, evidence
from drills.grading.client import Grader, _Folding
from drills.grading.failures import Hang
from drills.grading.local_candidate import LocalCandidate
from drills.mutants import load_mutants, source_of
from quizbank.models import Text


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(diagnosis_seconds=30) as grader:
        yield grader


def diagnosed(grader: Grader, drill_id: str, source: str) -> str | None:
    report = grader.grade(find_drill(drill_id), source)
    assert not report.passed
    return report.diagnosis and report.diagnosis.mutant


@pytest.mark.slow
@pytest.mark.parametrize("drill_id", ["temperature", "tensor-parallel-mlp", "rrf"])
def test_every_mutant_is_named(grader: Grader, drill_id: str) -> None:
    """Functions, callbacks and a mistake that keeps state between calls; `drill verify` does it for all drills."""
    drill = find_drill(drill_id)
    named = {m.id: diagnosed(grader, drill_id, source_of(drill, m)) for m in load_mutants(drill)}
    for name in named.values():
        assert name is not None
        assert named[name.rpartition("/")[2]] == name


def test_a_mistake_in_another_style_is_named(grader: Grader) -> None:
    source = """
import numpy as np

def attention(q, k, v, mask=None):
    scores = np.einsum("...qd,...kd->...qk", q, k)  # no division
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    weights = np.exp(scores - top)
    total = weights.sum(axis=-1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return np.einsum("...qk,...kd->...qd", weights, v).astype(q.dtype)
"""
    assert diagnosed(grader, "attention", source) == "attention/no-scale"


def test_a_class_in_another_style_is_named(grader: Grader) -> None:
    drill = find_drill("multi-head-attention")
    mutants = {m.id: m for m in load_mutants(drill)}
    source = source_of(drill, mutants["no-scale"]) + "\n\nclass Unused:\n    pass\n"
    assert diagnosed(grader, drill.id, source) == "multi-head-attention/no-scale"


@pytest.mark.parametrize("result", ["np.zeros_like(logits)", "logits[..., ::-1] * 0.1", "None"])
def test_a_mistake_of_no_mutant_stays_unnamed(grader: Grader, result: str) -> None:
    source = f"import numpy as np\n\ndef apply_temperature(logits, temperature):\n    return {result}\n"
    assert diagnosed(grader, "temperature", source) is None


def test_a_pass_and_a_rejected_file_have_none(grader: Grader) -> None:
    drill = find_drill("temperature")
    assert grader.grade(drill, drill.solution).diagnosis is None
    report = grader.grade(drill, "import os\n" + drill.solution)
    assert (report.verdict, report.diagnosis) == ("forbidden", None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (np.array([1.0, np.nan]), np.array([1.0 + 1e-12, np.nan]), True),
        (np.array([1.0, 2.0]), np.array([1.0, 2.001]), False),
        (np.array([3.7e-44]), np.array([0.0]), True),
        (np.array([1e-20]), np.array([0.0]), False),
        (np.ones(2, np.float32), np.ones(2), False),
        (np.ones((1, 2)), np.ones(2), False),
        (np.float32(0.1), 0.1, True),
        ((1, [2.0]), [1, (2.0,)], True),
        ([1, 2], [1, 3], False),
        ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}, True),
        ({"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.0}, False),
        (np.array([np.inf]), np.array([-np.inf]), False),
        (True, 1, False),
        ("F0", "F0", True),
        (None, 0.0, False),
        (codec.Opaque("a.B"), codec.Opaque("a.C"), False),
        (torch.tensor(0.25), 0.25, True),
        (torch.tensor(0.25), 0.5, False),
        (torch.tensor([0.25]), 0.25, False),
        (torch.tensor(True), 1.0, False),
        (torch.tensor(0.25), torch.tensor(0.25, dtype=torch.float64), False),
    ],
)
def test_agreement(one: object, other: object, same: bool) -> None:
    assert evidence.agree(one, other) is same


def test_draws_agree_as_samples() -> None:
    rng = np.random.default_rng(0)
    one, two, other = (rng.choice(3, 2000, p=p).tolist() for p in ([0.5, 0.3, 0.2],) * 2 + ([0.3, 0.5, 0.2],))
    assert evidence.same_draws(one, two)
    assert not evidence.same_draws(one, other)
    mask = rng.random(20) < 0.5
    assert evidence.same_draws(mask, mask.copy())
    assert not evidence.same_draws(mask, ~mask)


def test_evidence_is_kept_until_the_first_failure() -> None:
    recorder = evidence.Recorder()
    recorder.begin("first")
    array = np.ones(2)
    recorder.saw(array)
    array[0] = 5
    recorder.failed(Mismatch(Text(en="3 of 4 differ", zh="4 中 3 个不同"), actual=array))
    recorder.saw(np.zeros(2))
    (seen,) = evidence.read(recorder.message()).values()
    assert [value.tolist() for _, value in seen.calls] == [[1.0, 1.0]]
    assert seen.ending is not None
    assert seen.ending[:2] == ("mismatch", "# of # differ")


def test_what_is_no_evidence_is_refused() -> None:
    for message in (b"", b"\x00" * 40, codec.Encoder().message([1, 2]), codec.Encoder().message({"a": 1})):
        with pytest.raises(codec.CodecError):
            evidence.read(message)


def test_a_verdict_stands_though_its_mistake_cannot_be_looked_for() -> None:
    folding = _Folding("any", None)
    failure = {"message": {"en": "3 of 4 differ", "zh": "4 中 3 个不同"}}
    for event in ({"verdict": "wrong", "failure": failure}, {"done": True}, {"fault": "AssertionError"}):
        folding.take(event)
    assert folding.report(0.1).verdict == "wrong"
    early = _Folding("any", None)
    early.take({"fault": "AssertionError"})
    assert early.report(0.1).verdict == "grader_fault"


WAITS = """
import time
def waits(): time.sleep(0.4)
def works():
    while True: pass
"""


def test_a_mutant_is_given_processor_time() -> None:
    """On a busy machine one that has to wait is no slower."""
    mutant = LocalCandidate(WAITS, "mine.py", {"waits": [], "works": []}, cpu_seconds=0.2)
    with mutant.timed():
        mutant.waits()
    with pytest.raises(Hang), mutant.timed():
        mutant.works()
