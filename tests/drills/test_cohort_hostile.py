"""A class in which everybody attacks the grader: the tables of containment and forgery, handed in as submissions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from enemies import NUMPY
from test_containment_table import CASES as ATTACKS
from test_forgery import battery, forged

from drills.cohort.ledger import Ledger
from drills.cohort.outcomes import people
from drills.cohort.running import grade_all, here, identities_of
from drills.cohort.submissions import find


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_attack_is_a_verdict_and_the_honest_pass(tmp_path: Path) -> None:
    root, scratch = tmp_path / "class", tmp_path / "scratch"
    scratch.mkdir()
    drill = NUMPY.drill
    expected: dict[str, set[str]] = {}

    def hand_in(person: str, source: str, *verdicts: str) -> None:
        path = root / re.sub(r"\W+", "-", person) / f"{drill.id}.py"
        path.parent.mkdir(parents=True)
        path.write_text(source, encoding="utf-8")
        expected[path.parent.name] = set(verdicts)

    for name, (lines, verdict) in ATTACKS.items():
        hand_in(f"attack {name}", NUMPY.first_do(lines), verdict)
        if len(expected) % 5 == 0:  # honest people between the others
            hand_in(f"honest {len(expected)}", f"{drill.solution}\n# {len(expected)}\n", "pass")
    for name in battery("numpy"):
        hand_in(f"forgery {name}", forged("numpy", name), "wrong", "error", "crashed", "forbidden")
    found = find(root, [drill.id], scratch).submissions
    assert len(found) == len(expected)
    identities = identities_of([drill])
    with Ledger(tmp_path / "ledger.db") as ledger, here(2) as executor:
        assert grade_all(found, identities, ledger, executor, 4) == 0
        verdicts = {
            person.name: one.verdict
            for person in people(found, identities, ledger)
            for one in person.outcomes
        }
    surprises = {name: verdict for name, verdict in verdicts.items() if verdict not in expected[name]}
    assert surprises == {}
    assert not (Path.home() / "preptrain-was-here").exists()
