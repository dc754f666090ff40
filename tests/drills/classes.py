"""A class to grade: people who hand in the solutions, the alternatives, the starters and the mutants of drills."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from drills.catalog import Drill, find_drill
from drills.mutants import load_mutants, source_of


def programs(drill: Drill) -> list[tuple[str, bool, str]]:
    """(name, whether it is right, source) of all that a drill ships with."""
    right = [("solution", True, drill.solution)]
    right += [(name, True, source) for name, source in drill.alternatives.items()]
    wrong = [(mutant.id, False, source_of(drill, mutant)) for mutant in load_mutants(drill)]
    return [*right, *wrong, ("starter", False, drill.starter)]


def hand_in(root: Path, drills: Sequence[str], people: int, seed: int = 0) -> dict[tuple[str, str], bool]:
    """Write a folder a person with a file a drill, each different in its text; returns who is right."""
    draw = random.Random(seed)
    stock = {name: programs(find_drill(name)) for name in drills}
    handed_in = {}
    for number in range(people):
        person = f"person-{number:05}"
        (root / person).mkdir(parents=True)
        for drill in drills:
            _, right, source = draw.choice(stock[drill])
            (root / person / f"{drill}.py").write_text(f"{source}\n# {person}\n", encoding="utf-8")
            handed_in[person, drill] = right
    return handed_in


def filed(results: Path) -> int:
    """How many verdicts the ledger in this folder has; 0 while there is none."""
    path = results / "ledger.db"
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as db:
            return int(db.execute("SELECT count(*) FROM grading").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
