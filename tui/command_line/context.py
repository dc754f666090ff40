"""What every command is given: where things lie, in which language to speak, and how to fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from drills.grading.counterexamples import Counterexamples
    from drills.workspace import Workspace
    from quizbank.collection import Bank
    from quizbank.locations import Locations
    from quizbank.models import Language
    from quizbank.record import Record

PASSED, FAILED, USAGE, GRADER_FAULT = 0, 1, 2, 3


@dataclass
class Context:
    """The options of the `preptrain` command itself."""

    home: Path | None = None
    workspace: Path | None = None
    chosen_language: Language | None = None

    @cached_property
    def language(self) -> Language:
        """As asked for, else as in the settings, else the system's."""
        if self.chosen_language is not None:
            return self.chosen_language
        from quizbank import locations
        from quizbank.errors import PlainError
        from tui import settings

        try:
            return settings.load(
                locations.resolve(self.home, self.workspace, create=False).settings
            ).settings.language
        except PlainError:
            return settings.system_language()

    def say(self, en: str, zh: str, *, err: bool = False) -> None:
        """One line, in the learner's language."""
        click.echo(zh if self.language == "zh" else en, err=err)

    def fail(self, en: str, zh: str, code: int = USAGE) -> NoReturn:
        """Say what is wrong and end."""
        self.say(en, zh, err=True)
        raise SystemExit(code)

    def places(self) -> Locations:
        """The learner's home, made where it is missing."""
        from quizbank import locations

        return locations.resolve(self.home, self.workspace)

    def counterexamples(self) -> Counterexamples:
        """The last counterexample of each drill, tried first at the next grading."""
        from drills.grading.counterexamples import Counterexamples

        return Counterexamples(self.places().home / "cache" / "counterexamples.json")

    def bank(self) -> Bank:
        """All questions, the learner's own with them; those at fault are left out, and told on standard error."""
        from quizbank import locations
        from quizbank.loader import whole_bank

        # Questions can be read where nothing can be written.
        bank = whole_bank(locations.resolve(self.home, self.workspace, create=False))
        if bank.problems:
            count = len(bank.problems)
            self.say(
                f"{count} problem(s) in your own questions: preptrain bank check",
                f"你自己的题库有 {count} 处问题：preptrain bank check",
                err=True,
            )
        return bank

    @contextmanager
    def record(self) -> Iterator[Record]:
        """The learner's record, closed again."""
        from quizbank.record import Record
        from tui.time_left import catching_up

        path = self.places().record
        with catching_up(self.language) as progress:
            record = Record.open(path, progress=progress)
        with record:
            yield record

    def files(self) -> Workspace:
        """The learner's drill files."""
        from drills.workspace import Workspace

        return Workspace(self.places().workspace)


pass_context = click.make_pass_decorator(Context, ensure=True)


def plain_errors(command: Any) -> Any:
    """Turn expected failures into a sentence and exit code 2."""
    from functools import wraps

    from quizbank.errors import PlainError

    @wraps(command)
    def run(context: Context, *args: Any, **kwargs: Any) -> Any:
        try:
            return command(context, *args, **kwargs)
        except PlainError as error:
            context.fail(error.en, error.zh)

    return run
