"""The same checks under plain pytest: `pytest --drill ID --solution FILE`.

It adds nothing to a run that does not ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from drills.catalog import Drill


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("preptrain", "grade a preptrain drill")
    group.addoption("--drill", metavar="ID", help="the drill whose checks to run")
    group.addoption("--solution", metavar="FILE", type=Path, help="the file to check")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--drill") is not None:
        config.option.dist = "no"  # a project may spread its tests over processes; a drill's checks are few
        config.pluginmanager.register(_DrillRun(config), "preptrain-drill")


class _DrillRun:
    """Active when --drill is given: collects its checks and provides `candidate`."""

    def __init__(self, config: pytest.Config) -> None:
        from drills.catalog import DrillError, find_drill
        from drills.workspace import WorkspaceError, read_source

        try:
            self.drill: Drill = find_drill(config.getoption("--drill"))
            path = config.getoption("--solution")
            if path is None:
                raise pytest.UsageError("--drill needs --solution FILE")
            self.source = read_source(path)
        except (DrillError, WorkspaceError) as error:
            raise pytest.UsageError(str(error)) from error
        config.args[:] = [str(self.drill.folder / "checks.py")]

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            item.add_marker(pytest.mark.filterwarnings("ignore"))

    @pytest.fixture(scope="session")
    def candidate(self) -> Iterator[Any]:
        """The learner's code; separate from the checks where the drill allows it."""
        from drills.grading import limits
        from drills.grading.failures import CandidateError
        from drills.grading.judge import Task, make_candidate, rejected_before_running
        from drills.grading.runner import Nursery

        drill = self.drill
        task = Task(
            str(drill.folder), self.source, drill.file_name, drill.isolation, drill.entry_point,
            drill.allowed_imports, drill.forbidden, limits.MEMORY_BYTES,
        )  # fmt: skip
        if (outcome := rejected_before_running(task)) is not None:
            pytest.fail(outcome.failure.message.en, pytrace=False)
        nursery = Nursery.start(drill.backend) if drill.isolation == "separate" else None
        try:
            candidate = make_candidate(task, nursery)
        except CandidateError as error:
            pytest.fail(f"{error.message.en}\n{error.shown_traceback or ''}", pytrace=False)
        yield candidate
        candidate.close()
        if nursery is not None:
            nursery.close()
