"""The order of a track: what builds on what, as a tree that a person can follow; nothing is locked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drills.catalog import Drill


@dataclass(frozen=True, slots=True)
class Step:
    """A drill in its place on the path, behind the branches that lead to it ("├╴", "│ └╴")."""

    drill: Drill
    branch: str


def path(drills: Iterable[Drill]) -> list[Step]:
    """One track's drills, each under the prerequisite that it comes after, the easier first.

    A drill with several prerequisites in the track stands under the one that is deepest in it; those of other
    tracks do not move it. A circle of prerequisites is broken where it is met, and no drill is left out.
    """
    ordered = sorted(drills, key=lambda drill: (drill.difficulty, drill.id))
    known = {drill.id: drill for drill in ordered}
    depths: dict[str, int] = {}

    def depth(drill: Drill, above: frozenset[str]) -> int:
        if drill.id not in depths:
            before = [known[name] for name in drill.prerequisites if name in known and name not in above]
            depths[drill.id] = 1 + max((depth(one, above | {one.id}) for one in before), default=-1)
        return depths[drill.id]

    children: dict[str | None, list[Drill]] = {}
    for drill in ordered:
        depth(drill, frozenset({drill.id}))
    for drill in ordered:
        before = [known[name] for name in drill.prerequisites if name in known]
        parents = [one for one in before if depths[one.id] < depths[drill.id]]
        parent = max(parents, key=lambda one: depths[one.id], default=None)
        children.setdefault(parent.id if parent else None, []).append(drill)

    steps: list[Step] = []

    def walk(parent: str | None, lead: str) -> None:
        below = children.get(parent, [])
        for drill in below:
            last = drill is below[-1]
            own = "" if parent is None else lead + ("└╴" if last else "├╴")
            steps.append(Step(drill, own))
            walk(drill.id, "" if parent is None else lead + ("  " if last else "│ "))

    walk(None, "")
    return steps
