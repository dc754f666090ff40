"""What `preptrain drill check --format` writes: gradings for other programs, to a file or to standard output."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drills.results import Grading
    from quizbank.models import Language

# The names of drills.results.RESULTS, which need not be imported to show the help.
RESULT_NAMES = ("junit", "gradescope", "exercism", "github")


def write_results(
    form: str, gradings: Sequence[Grading], out: Path | None, force: bool, language: Language
) -> None:
    """Raises ResultsError where the format does not hold these gradings, ExportError where it cannot be written."""
    from drills.results import render
    from quizbank.exporting.writing import Out, to_file, to_stdout

    text = render(form, gradings, language)

    def write(sink: Out) -> None:
        sink.write(text)

    if out is None:
        to_stdout(write)
    else:
        to_file(out, write, force)
