"""The proof of the drills catches what it is for: a weak check, a rejected alternative, a passing starter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from drills import catalog
from drills.catalog import Drill, load_drill
from drills.grading.client import Grader
from drills.verify import LEAST_MUTANTS, verify, verify_one


@pytest.fixture
def copy(tmp_path: Path, attention: Drill, monkeypatch: pytest.MonkeyPatch) -> Drill:
    """A drill of our own to spoil, with as few mutants as a drill may have."""
    folder = tmp_path / attention.track / attention.id
    shutil.copytree(attention.folder, folder)
    mutants = yaml.safe_load((folder / "mutants.yaml").read_text("utf-8"))
    (folder / "mutants.yaml").write_text(yaml.safe_dump(mutants[:LEAST_MUTANTS]), "utf-8")
    monkeypatch.setattr(catalog, "PROBLEMS", tmp_path)
    return load_drill(folder)


def test_a_sound_drill_is_proved(attention: Drill) -> None:
    (result,) = verify([attention], jobs=1)
    assert result.problems == []
    assert result.killed == result.mutants >= 6
    assert result.accepted == result.alternatives >= 2


def test_a_mutant_that_survives_is_told(copy: Drill, grader: Grader) -> None:
    mutants = yaml.safe_load((copy.folder / "mutants.yaml").read_text("utf-8"))
    harmless = {
        "id": "harmless",
        "replace": "import numpy as np",
        "with": "import numpy as np  # !",
        "en": "a",
        "zh": "一",
    }
    (copy.folder / "mutants.yaml").write_text(yaml.safe_dump([*mutants, harmless]), "utf-8")
    result = verify_one(copy, grader)
    assert result.problems == ["mutant harmless was not rejected on seed 0: pass"]
    assert result.killed == result.mutants - 1


def test_a_mutant_refused_by_the_rules_proves_nothing(copy: Drill, grader: Grader) -> None:
    mutants = yaml.safe_load((copy.folder / "mutants.yaml").read_text("utf-8"))
    refused = {
        "id": "refused",
        "replace": "import numpy as np",
        "with": "import numpy as np, os",
        "en": "a",
        "zh": "一",
    }
    (copy.folder / "mutants.yaml").write_text(yaml.safe_dump([*mutants, refused]), "utf-8")
    assert verify_one(copy, grader).problems == ["mutant refused was not rejected on seed 0: forbidden"]


def test_an_alternative_that_is_rejected_is_told(copy: Drill, grader: Grader) -> None:
    (copy.folder / "alternatives" / "loops.py").write_text(
        "def attention(q, k, v, mask=None): return q", "utf-8"
    )
    (problem,) = verify_one(copy, grader).problems
    assert problem.startswith("alternative loops was rejected on seed 0: wrong")


def test_a_starter_that_passes_is_told(copy: Drill, grader: Grader) -> None:
    (copy.folder / "starter.py").write_text(copy.solution, "utf-8")
    assert verify_one(copy, grader).problems == ["starter starter was not rejected on seed 0: pass"]


def test_missing_parts_are_told(copy: Drill, grader: Grader) -> None:
    (copy.folder / "prompt.zh.md").unlink()
    shutil.rmtree(copy.folder / "alternatives")
    problems = verify_one(copy, grader).problems
    assert any("prompt.zh.md" in problem for problem in problems)
    assert "fewer than 2 alternatives" in problems


def test_checks_that_fail_to_load_are_the_graders_fault(copy: Drill, grader: Grader) -> None:
    (copy.folder / "checks.py").write_text("import no_such_module", "utf-8")
    report = grader.grade(copy, copy.solution)
    assert report.verdict == "grader_fault"
    assert report.failure is not None
    assert "no_such_module" in report.failure.message.en
    (copy.folder / "checks.py").write_text("", "utf-8")
    assert grader.grade(copy, copy.solution).verdict == "grader_fault"  # nothing checked is no pass
