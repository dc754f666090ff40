"""What a shell offers for the ids of drills, topics and tracks when Tab is pressed; read without the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


def drill_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The drills' ids are the names of their folders."""
    import drills

    folders = (Path(drills.__file__).parent / "problems").glob("*/*/drill.yaml")
    return sorted(folder.parent.name for folder in folders if folder.parent.name.startswith(incomplete))


def topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from quizbank.syllabus import load_syllabus

    return [topic.id for _, topic in load_syllabus().topics() if topic.id.startswith(incomplete)]


def tracks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from quizbank.syllabus import load_syllabus

    return [track for track in load_syllabus().track_ids() if track.startswith(incomplete)]
