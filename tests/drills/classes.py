"""A class to grade: people who hand in the solutions, the alternatives, the starters and the mutants of drills."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
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
    return {(person, drill): right for person, drill, right, _ in submissions(root, drills, people, seed)}


def submissions(
    root: Path, drills: Sequence[str], people: int, seed: int = 0
) -> Iterator[tuple[str, str, bool, Path]]:
    draw = random.Random(seed)
    stock = {name: programs(find_drill(name)) for name in drills}
    for number in range(people):
        person = f"person-{number:05}"
        (root / person).mkdir(parents=True)
        for drill in drills:
            _, right, source = draw.choice(stock[drill])
            path = root / person / f"{drill}.py"
            path.write_text(f"{source}\n# {person}\n", encoding="utf-8")
            yield person, drill, right, path
