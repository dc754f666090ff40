"""The app as the server starts it, one for each connection: its terminal is the browser's."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from quizbank.errors import PlainError
from tui.command_line.context import Context


def command(context: Context) -> str:
    """The shell command that starts the app with the same home, drill files and language."""
    options = {
        "--home": context.home and context.home.absolute(),
        "--workspace": context.workspace and context.workspace.absolute(),
        "--language": context.chosen_language,
    }
    # -P: what lies in the folder the server was started in is no module of ours. exec: a signal reaches the app.
    parts = [sys.executable, "-P", "-m", "tui.serving.child"]
    parts += [part for name, value in options.items() if value is not None for part in (name, str(value))]
    return "exec " + shlex.join(parts)


@click.command(hidden=True)
@click.option("--home", type=click.Path(path_type=Path))
@click.option("--workspace", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]))
def main(home: Path | None, workspace: Path | None, language: str | None) -> None:
    """Run the app on the driver that textual-serve names in the environment."""
    from tui.app import run
    from tui.services import open_services

    try:
        services = open_services(home, workspace, language)  # type: ignore[arg-type]
    except PlainError as error:
        Context(home, workspace, language).fail(error.en, error.zh)  # type: ignore[arg-type]
    run(services)


if __name__ == "__main__":
    main()
