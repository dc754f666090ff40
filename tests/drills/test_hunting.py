"""Bug hunts: every mutant opens as a file that does not tell of its mistake, and is named only once it is mended."""

from __future__ import annotations

import ast
import re

import pytest

from drills.catalog import Drill, DrillError, find_drill, load_catalog
from drills.grading.client import Grader
from drills.grading.report import Diagnosis, Report
from drills.hunting import choose, find, hunts, reveal, without_comments
from quizbank.models import Text

CATALOG = load_catalog()


@pytest.mark.parametrize("drill", CATALOG.values(), ids=list(CATALOG))
def test_a_hunt_does_not_tell_what_it_hides(drill: Drill) -> None:
    found = hunts(drill)
    assert len({hunt.item for hunt in found}) == len(found)
    assert len({hunt.file_name for hunt in found} | {drill.file_name}) == len(found) + 1
    for hunt in found:
        tree = ast.parse(hunt.starter)
        assert ast.get_docstring(tree) is None
        assert "#" not in re.sub(r"(['\"]).*?\1", "", hunt.starter)
        assert hunt.mutant.id not in hunt.file_name.replace("_", "-").removeprefix(drill.id)
        assert hunt.mutant.id not in hunt.item.removeprefix(f"h:{drill.id}")
        for place in (hunt.prompt("en"), hunt.starter):
            assert hunt.mutant.en not in place
        assert hunt.folder == drill.folder
        assert hunt.prompt("zh").startswith("**找错题。**")


def test_a_hunt_is_found_again_by_its_code() -> None:
    hunt = hunts(find_drill("attention"))[2]
    assert find(f"attention/{hunt.code}") == hunt
    assert find("attention") == find_drill("attention")
    with pytest.raises(DrillError, match="no hunt 'zzzz'"):
        find("attention/zzzz")
    with pytest.raises(DrillError, match="no drill"):
        find("atttn/1234")


def test_mended_it_passes_and_the_mistake_is_named(grader: Grader, temperature: Drill) -> None:
    hunt = hunts(temperature)[0]
    wrong = grader.grade(hunt, hunt.starter)
    assert not wrong.passed
    assert reveal(hunt, wrong).diagnosis is None
    mended = reveal(hunt, grader.grade(hunt, hunt.solution))
    assert mended.passed
    assert mended.diagnosis == Diagnosis(mutant=f"{hunt.id}/{hunt.mutant.id}", text=hunt.mutant.text)


def test_an_ordinary_report_is_left_alone(temperature: Drill) -> None:
    named = Diagnosis(mutant="temperature/x", text=Text(en="x", zh="错"))
    report = Report(drill="temperature", verdict="wrong", diagnosis=named)
    assert reveal(temperature, report) is report


def test_mistakes_made_before_come_first_then_solved_drills_then_easy_ones() -> None:
    drills = [find_drill(name) for name in ("softmax", "attention", "top-p")]
    made = hunts(drills[1])[3]
    mistake = f"attention/{made.mutant.id}"
    assert choose(drills, mistakes={mistake: 2}, mended=set(), solved={"top-p"}) == made
    after = choose(drills, mistakes={mistake: 2}, mended={made.item}, solved={"top-p"})
    assert after == hunts(drills[2])[0]
    fresh = choose(drills, mistakes={}, mended=set(), solved=set())
    assert fresh is not None
    assert fresh.difficulty == min(drill.difficulty for drill in drills)
    everything = {hunt.item for drill in drills for hunt in hunts(drill)}
    assert choose(drills, mistakes={}, mended=everything, solved=set()) is None


def test_comments_go_and_strings_stay() -> None:
    source = '"""Wrong on purpose."""\n\nimport numpy as np\n\n# a secret\nx = "# no comment"  # another\n'
    assert without_comments(source) == 'import numpy as np\n\nx = "# no comment"\n'
