"""A fault in a bank file: where it is and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One fault. Lines and columns count from 1; 0 stands for the file as a whole."""

    path: Path
    line: int
    column: int
    field: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return self.shown("en")

    def shown(self, language: Literal["zh", "en"]) -> str:
        """Such as `bank.yaml:7:5: a-question.stem.zh: the text is empty`, in one line that a terminal can bear."""
        message = self.message
        if language == "zh":
            from quizbank.problem_texts import chinese

            message = chinese(message)
        place = ":".join([str(self.path), *(str(n) for n in (self.line, self.column) if n)])
        said = ": ".join(part for part in (place, self.field, message) if part)
        # A bank file may hold terminal escapes, and this goes to a terminal.
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in said)


class BankError(Exception):
    """A bank that cannot be used, with all its problems at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))
