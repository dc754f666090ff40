"""Submissions that are nearly the same once names, comments and layout are set aside.

It tells where to look, never that anybody copied: short drills have few right answers. The comparison of sequences
is RapidFuzz's (normalised Indel similarity, twice the longest common subsequence over both lengths).
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from quizbank import extras

LEAST = 0.92
"""Similarity from which a pair is listed."""
SHORTEST = 60
"""Parts of a normalised program below which likeness says nothing."""
BLOCK = 512
Shape = tuple[str, ...]


class Alike(NamedTuple):
    """People whose programs for one drill are alike: at least `share`, from 0 to 1, between neighbours."""

    drill: str
    people: tuple[str, ...]
    share: float
    published: bool
    """Also like a solution that comes with the drill."""


def alike(
    drill: str, programs: Iterable[tuple[str, str]], published: Iterable[str], least: float = LEAST
) -> list[Alike]:
    """Groups of (person, source) that are alike, the most alike first. Raises MissingPackage."""
    extras.load("rapidfuzz", "class", ("finding near-identical files", "查找雷同代码"))
    owners: dict[Shape, list[str]] = defaultdict(list)
    for person, source in programs:
        if (shape := normalised(source)) is not None and len(shape) >= SHORTEST:
            owners[shape].append(person)
    shapes = list(owners)
    known = [shape for source in published if (shape := normalised(source)) is not None]
    groups = _Groups(len(shapes))
    for first, second, share in _pairs(shapes, least):
        groups.join(first, second, share)
    found = []
    for members, share in groups.all():
        names = sorted(name for member in members for name in owners[shapes[member]])
        if len(names) > 1:
            like_known = any(_share(shapes[member], shape) >= least for member in members for shape in known)
            found.append(Alike(drill, tuple(names), share, like_known))
    return sorted(found, key=lambda one: (one.published, -one.share, one.people))


def normalised(source: str) -> Shape | None:
    """The parts of a program's syntax tree in order; None where it does not parse.

    Names of its own become one letter; attributes, imported names, operators and constants stay apart.
    """
    try:
        return tuple(_parts(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _parts(node: ast.AST) -> Iterator[str]:
    """The tree in order, without docstrings and annotations."""
    yield type(node).__name__
    match node:
        case ast.Attribute():
            yield node.attr
        case ast.alias():
            yield node.name
        case ast.Constant():
            yield repr(node.value)[:40]
        case ast.keyword(arg=str(name)):
            yield name
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "ctx", "type_comment"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_text(child):
                yield from _parts(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _share(first: Shape, second: Shape) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(first, second)


def _pairs(shapes: list[Shape], least: float) -> Iterator[tuple[int, int, float]]:
    """All pairs that are alike, a block of rows at a time."""
    import numpy as np
    from rapidfuzz.distance import Indel
    from rapidfuzz.process import cdist

    for start in range(0, len(shapes), BLOCK):
        rows = shapes[start : start + BLOCK]
        shares = cdist(
            rows,
            shapes[start:],
            scorer=Indel.normalized_similarity,
            score_cutoff=least,
            dtype=np.float32,
            workers=-1,
        )
        for row, column in np.argwhere(shares >= least):
            if column > row:
                yield start + int(row), start + int(column), float(shares[row, column])


class _Groups:
    """Disjoint sets, each with the least share by which it was joined."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._share = [1.0] * size

    def _root(self, member: int) -> int:
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, first: int, second: int, share: float) -> None:
        first, second = self._root(first), self._root(second)
        if first != second:
            self._parent[second] = first
            self._share[first] = min(self._share[first], self._share[second], share)

    def all(self) -> Iterator[tuple[list[int], float]]:
        members: dict[int, list[int]] = defaultdict(list)
        for member in range(len(self._parent)):
            members[self._root(member)].append(member)
        for root, group in members.items():
            yield group, self._share[root]
