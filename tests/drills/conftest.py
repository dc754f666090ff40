"""One warm grader for all tests of the grader: as in the app, attempts must not affect each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drills.catalog import Drill, find_drill
from drills.grading.client import Grader


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    with Grader() as grader:
        yield grader


@pytest.fixture(scope="session")
def attention() -> Drill:
    return find_drill("attention")


@pytest.fixture(scope="session")
def temperature() -> Drill:
    return find_drill("temperature")
