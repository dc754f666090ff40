"""A track as a path: each drill once, behind what it builds on."""

from __future__ import annotations

from itertools import groupby

from drills.catalog import Drill, find_drill, load_catalog
from drills.paths import path


def drill(name: str, *before: str, difficulty: int = 1) -> Drill:
    changes = {"id": name, "prerequisites": list(before), "difficulty": difficulty}
    return find_drill("softmax").model_copy(update=changes)


def drawn(*drills: Drill) -> list[str]:
    return [step.branch + step.drill.id for step in path(drills)]


def test_a_drill_stands_under_the_deepest_of_its_prerequisites() -> None:
    steps = drawn(drill("a"), drill("b", "a"), drill("c", "a", "b"), drill("d", "a"), drill("e", "elsewhere"))
    assert steps == ["a", "├╴b", "│ └╴c", "└╴d", "e"]


def test_the_easier_comes_first() -> None:
    assert drawn(drill("a", difficulty=3), drill("b", difficulty=2)) == ["b", "a"]


def test_a_circle_loses_nothing() -> None:
    assert sorted(step[-1] for step in drawn(drill("a", "b"), drill("b", "a"), drill("c", "c"))) == [
        "a",
        "b",
        "c",
    ]


def test_the_catalogue_has_no_circle_and_every_drill_is_on_its_path() -> None:
    catalog = list(load_catalog().values())
    for _, track in groupby(catalog, lambda one: one.track):
        drills = list(track)
        steps = path(drills)
        assert {step.drill.id for step in steps} == {one.id for one in drills}
        places = {step.drill.id: place for place, step in enumerate(steps)}
        for one in drills:
            parents = [name for name in one.prerequisites if name in places]
            assert not parents or min(places[name] for name in parents) < places[one.id]
