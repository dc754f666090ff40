"""Grading a class: nothing is lost, nothing is graded twice, one bad file harms nobody, and the results say it all."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from classes import filed, hand_in

from drills.catalog import Drill, find_drill
from drills.cohort import running
from drills.cohort.identity import key_of
from drills.cohort.ledger import Ledger, LedgerError
from drills.cohort.outcomes import Tallies, people
from drills.cohort.results import Results, Summary
from drills.cohort.running import OtherGrader, grade_all, here, identities_of
from drills.cohort.similarity import alike, normalised
from drills.cohort.submissions import Found, find

NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
DRILLS = {name: find_drill(name) for name in ("temperature", "rrf")}
RIGHT = DRILLS["temperature"].solution
HOSTILE = {
    "loops": "while True:\n    pass\n",
    "exits": "import os\n\ndef apply_temperature(logits, temperature):\n    os._exit(0)\n",
    "broken": "def apply_temperature(\n",
    "raises": "def apply_temperature(logits, temperature):\n    raise RuntimeError('no')\n",
}


class Class:
    """A folder of submissions with its ledger; `grade` runs what is not graded."""

    def __init__(self, root: Path, drills: dict[str, Drill]) -> None:
        self.root, self.drills = root / "class", drills
        self.results = root / "results"
        self.results.mkdir()
        self.scratch = root / "scratch"
        self.scratch.mkdir()
        self.identities = identities_of(drills.values())
        self.right: dict[tuple[str, str], bool] = {}

    def file(self, person: str, source: str, drill: str = "temperature") -> Path:
        path = self.root / person / f"{drill}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return path

    def found(self) -> Found:
        return find(self.root, list(self.drills), self.scratch)

    def grade(self, **options: bool) -> list[str]:
        """Grades, and returns the drills of the jobs that went out."""
        out: list[str] = []

        class Watching:
            def __init__(self, executor: object) -> None:
                self.executor = executor

            def submit(self, work: object, job: running.Job) -> object:
                out.append(job.drill)
                return self.executor.submit(work, job)  # type: ignore[attr-defined]

        with self.ledger() as ledger, here(2) as executor:
            faults = grade_all(
                self.found().submissions,
                self.identities,
                ledger,
                Watching(executor),  # type: ignore[arg-type]
                4,
                **options,
            )
        assert faults == 0
        return out

    def ledger(self) -> Ledger:
        return Ledger(self.results / "ledger.db")

    def verdicts(self) -> dict[tuple[str, str], str]:
        with self.ledger() as ledger:
            return {
                (person.name, one.submission.drill): one.verdict
                for person in people(self.found().submissions, self.identities, ledger)
                for one in person.outcomes
            }

    def write(self, *formats: str) -> Summary:
        with self.ledger() as ledger:
            results = Results(self.results, "en", self.found(), self.drills, self.identities, ledger)
            return (replace(results, formats=formats) if formats else results).write(NOW)


@pytest.fixture
def course(tmp_path: Path) -> Class:
    return Class(tmp_path, DRILLS)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Six people with both drills, and one whose file cannot be read."""
    course = Class(tmp_path_factory.mktemp("graded"), DRILLS)
    course.right = hand_in(course.root, list(DRILLS), 6)
    course.file("=cmd", RIGHT)
    course.file("unreadable", "").write_bytes(b"\xff")
    course.grade()
    return course


@pytest.mark.slow
def test_one_bad_file_harms_nobody_and_each_has_its_verdict(course: Class) -> None:
    for person, source in HOSTILE.items():
        course.file(person, source)
    course.file("right", RIGHT)
    assert len(course.grade()) == 5
    assert course.verdicts() == {
        ("loops", "temperature"): "timeout",
        ("exits", "temperature"): "forbidden",
        ("broken", "temperature"): "error",
        ("raises", "temperature"): "error",
        ("right", "temperature"): "pass",
    }


def test_a_second_run_grades_only_what_changed(course: Class) -> None:
    course.file("a", RIGHT)
    course.file("b", f"{RIGHT}\n# b\n")
    assert len(course.grade()) == 2
    assert course.grade() == []
    course.file("b", f"{RIGHT}\n# changed\n")
    assert len(course.grade()) == 1
    assert len(course.grade(regrade=True)) == 2


def test_another_version_of_drill_or_grader_is_graded_again(course: Class) -> None:
    course.file("a", RIGHT)
    course.grade()
    with course.ledger() as ledger:
        here_and_now = course.identities["temperature"]
        assert ledger.get(key_of(RIGHT, here_and_now)) is not None
        for other in (here_and_now._replace(drill="0"), here_and_now._replace(grader="0")):
            assert ledger.get(key_of(RIGHT, other)) is None


def test_the_same_text_is_graded_once(course: Class) -> None:
    for person in "abc":
        course.file(person, RIGHT)
    assert course.grade() == ["temperature"]
    assert set(course.verdicts().values()) == {"pass"}


def test_verdicts_are_those_expected(graded: Class) -> None:
    verdicts = graded.verdicts()
    for key, right in graded.right.items():
        assert (verdicts[key] == "pass") == right, key
    assert verdicts["unreadable", "temperature"] == "error"


def test_results_as_json_and_csv(graded: Class) -> None:
    graded.write()
    document = json.loads((graded.results / "results.json").read_text("utf-8"))
    assert (document["format"], document["version"], document["drills"]) == (
        "preptrain-class",
        1,
        ["temperature", "rrf"],
    )
    verdicts = {
        (one["person"], drill): facts["verdict"]
        for one in document["people"]
        for drill, facts in one["drills"].items()
    }
    assert verdicts == graded.verdicts()
    frame = pd.read_csv(graded.results / "results.csv")
    assert len(frame) == len(verdicts)
    assert frame["solved"].sum() == sum(verdict == "pass" for verdict in verdicts.values())
    with open(graded.results / "results.csv", encoding="utf-8", newline="") as file:
        assert "'=cmd" in {row["person"] for row in csv.DictReader(file)}, "no formula for a spreadsheet"


def test_results_as_junit_and_gradescope(graded: Class) -> None:
    graded.write()
    assert len(list((graded.results / "junit").iterdir())) == 8
    suites = ET.parse(graded.results / "junit" / "person-00000.xml").getroot()
    assert len(suites) == 2
    points = json.loads((graded.results / "gradescope" / "cmd.json").read_text("utf-8"))
    assert points["score"] == 100


def test_every_format_of_results(graded: Class) -> None:
    graded.write("exercism", "github")
    (one,) = graded.results.glob("exercism/person-00001.rrf.json")
    assert json.loads(one.read_text("utf-8"))["version"] == 3
    notes = (graded.results / "github" / "unreadable.txt").read_text("utf-8")
    assert notes.startswith("::error file=unreadable/temperature.py")


def test_the_page_counts_the_mistakes(graded: Class) -> None:
    summary = graded.write()
    page = (graded.results / "report.html").read_text("utf-8")
    tallies = {tally.drill.id: tally for tally in summary.tallies}
    tally = tallies["temperature"]
    assert tally.submitted == 8
    assert tally.solved == sum(
        verdict == "pass" for (_, drill), verdict in graded.verdicts().items() if drill == "temperature"
    )
    assert sum(tally.mistakes.values()) > 0
    for text, count in tally.mistakes_made():
        assert f"<b>{count} / 8</b>" in page
        assert text.zh.split("`")[0][:8] in page
    assert "<script" not in page
    assert "=cmd" in page


def test_names_are_no_markup(course: Class) -> None:
    course.file("<b>x", "def apply_temperature(): pass")
    course.grade()
    course.write()
    page = (course.results / "report.html").read_text("utf-8")
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(course: Class) -> None:
    hand_in(course.root, ["temperature"], 60)
    command = [
        sys.executable, "-m", "tui.cli", "grade", str(course.root), "--drills", "temperature", "-o",
        str(course.results),
    ]  # fmt: skip
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 100
    while (kept := filed(course.results)) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert 3 <= kept <= filed(course.results) < 60
    kept = filed(course.results)
    assert len(course.grade()) == 60 - kept
    assert filed(course.results) == 60


def test_ctrl_c_keeps_what_is_graded_and_writes_results(course: Class) -> None:
    hand_in(course.root, ["temperature"], 200)  # more than are graded before the signal comes
    command = [
        sys.executable, "-m", "tui.cli", "--language", "en", "grade", str(course.root), "--drills",
        "temperature", "-o", str(course.results),
    ]  # fmt: skip
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    until = time.monotonic() + 100
    while filed(course.results) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "the same command goes on from there" in err
    kept = filed(course.results)
    rows = pd.read_csv(course.results / "results.csv")
    assert (rows["verdict"] == "not_graded").sum() == 200 - kept
    assert "report.html" in out


def test_a_ledger_that_is_none_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"not a database, but somebody's file" * 50)
    before = (tmp_path / "a.db").read_bytes()
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes() == before
    with sqlite3.connect(tmp_path / "b.db") as db:
        db.execute("CREATE TABLE other (x)")
    db.close()
    with pytest.raises(LedgerError, match="no ledger of this version"):
        Ledger(tmp_path / "b.db")


def test_a_worker_with_another_grader_is_refused(course: Class) -> None:
    course.file("a", RIGHT)
    other = {name: identity._replace(grader="0" * 64) for name, identity in course.identities.items()}
    with course.ledger() as ledger, here(1) as executor, pytest.raises(OtherGrader, match="another version"):
        grade_all(course.found().submissions, other, ledger, executor, 2)


def test_a_worker_that_is_lost_is_made_up_for(course: Class) -> None:
    """A lost worker raises in the future; the job goes out again, three times in all."""
    course.file("a", RIGHT)
    lost = [ConnectionError("gone"), ConnectionError("gone")]

    class Losing:
        def __init__(self, executor: object) -> None:
            self.executor = executor

        def submit(self, work: object, job: object) -> object:
            if lost:
                error = lost.pop()
                return self.executor.submit(raising, error)  # type: ignore[attr-defined]
            return self.executor.submit(work, job)  # type: ignore[attr-defined]

    with course.ledger() as ledger, here(1) as executor:
        faults = grade_all(course.found().submissions, course.identities, ledger, Losing(executor), 2)  # type: ignore[arg-type]
        assert faults == 0
        lost += [ConnectionError("gone")] * 3
        again = grade_all(
            course.found().submissions,
            course.identities,
            ledger,
            Losing(executor),
            2,
            regrade=True,  # type: ignore[arg-type]
        )
        assert again == 1
    assert set(course.verdicts().values()) == {"pass"}, "a fault takes no verdict away"


def raising(error: Exception) -> None:
    raise error


def test_a_class_sees_neither_each_other_nor_the_solutions_nor_the_ledger(course: Class) -> None:
    """Each file tries to read one of them; with full containment none can."""
    with here(1) as executor:
        probe = running.Job("temperature", RIGHT, key_of(RIGHT, course.identities["temperature"]))
        if json.loads(executor.submit(running.grade_job, probe).result())["protection"] != "full":
            pytest.skip("this kernel does not contain in full")
    honest = course.file("honest", RIGHT)
    targets = {
        "neighbour": honest,
        "solution": DRILLS["temperature"].folder / "solution.py",
        "ledger": course.results / "ledger.db",
    }
    allowed = "import numpy as np\n"
    for name, path in targets.items():
        # numpy is on the allow-list of the drill, and opens files
        course.file(
            name,
            allowed
            + "def apply_temperature(logits, temperature):\n"
            + f"    text = bytes(np.fromfile({str(path)!r}, dtype=np.uint8))\n"
            + "    space = {}\n"
            + "    exec(text, space)\n"
            + "    return space['apply_temperature'](logits, temperature)\n",
        )
    course.grade()
    verdicts = course.verdicts()
    assert verdicts.pop(("honest", "temperature")) == "pass"
    assert set(verdicts.values()) <= {"error", "wrong", "forbidden"}
    assert len(verdicts) == 3


COPIED = '''
import numpy as np

def {name}(first, second, limit=10):
    """{doc}"""
    {total} = np.zeros(len(first))
    for {i}, {row} in enumerate(first):
        if {i} >= limit:
            break
        {total}[{i}] = np.exp({row} - {row}.max()).sum() / (1 + second[{i}] ** 2)
    order = np.argsort(-{total}, kind="stable")
    return {total}[order], order
'''
OTHER = """
import numpy as np

def {name}(first, second, *more):
    {total} = [np.log1p({row} ** 3).prod() for {row} in first[:3]]
    while {total}[0] < 2:
        {total}[0] += 1
    if not len(second):
        raise ValueError(second)
    return sorted(zip({total}, second), key=lambda pair: -pair[0]), {i}
"""


def test_a_copy_with_other_names_is_found_and_other_work_is_not() -> None:
    first = COPIED.format(name="f", doc="Mine.", total="total", i="i", row="row")
    second = COPIED.format(name="f", doc="All my own work!", total="acc", i="k", row="values") + "# honest\n"
    third = OTHER.format(name="f", doc="", total="total", i="i", row="row")
    assert normalised(first) == normalised(second) != normalised(third)
    (group,) = alike("d", [("a", first), ("b", second), ("c", third), ("d", "def f(:")], [])
    assert (group.people, group.share, group.published) == (("a", "b"), 1.0, False)
    (group,) = alike("d", [("a", first), ("b", second)], [first])
    assert group.published


def test_a_statement_more_is_still_alike() -> None:
    first = COPIED.format(name="f", doc="", total="t", i="i", row="r")
    second = first.replace("    order =", "    extra = 1\n    order =")
    (group,) = alike("d", [("a", first), ("b", second)], [])
    assert 0.92 <= group.share < 1


def test_what_is_short_is_not_compared() -> None:
    assert alike("d", [("a", "def f(x):\n    return x"), ("b", "def f(y):\n    return y")], []) == []


def test_tallies_leave_out_what_nobody_handed_in(course: Class) -> None:
    course.file("a", RIGHT)
    tallies = Tallies(DRILLS.values())
    with course.ledger() as ledger:
        for person in people(course.found().submissions, course.identities, ledger):
            tallies.add(person)
    (tally,) = tallies.handed_in()
    assert (tally.drill.id, tally.submitted, tally.share) == ("temperature", 1, None)
    assert dict(tally.verdicts) == {"not_graded": 1}
