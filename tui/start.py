"""What the installed command calls: the app as quickly as it can be, the command line for everything else.

Without arguments neither click nor a help text is needed: leaving them out saves some 25 ms of the time until the
first frame. No garbage is collected while the imports make none; `tui.heap` goes on with it after that frame.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

COMPLETION = "_PREPTRAIN_COMPLETE"
"""Set by a shell that asks how the command line goes on."""


def entry() -> NoReturn:
    """Run `preptrain` as it was called, and exit."""
    if len(sys.argv) == 1 and _can_draw() and COMPLETION not in os.environ:
        _app()
    from tui.cli import entry as command_line

    command_line()


def _can_draw() -> bool:
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return terminal and os.environ.get("TERM") not in (None, "", "dumb")


def _app() -> None:
    """Run the app and exit; returns where the home cannot be opened, which the command line then tells."""
    gc.disable()
    from quizbank.errors import PlainError
    from tui.app import run
    from tui.services import open_services

    try:
        services = open_services()
    except PlainError:
        gc.enable()
        return
    run(services)
    raise SystemExit(0)


if __name__ == "__main__":
    entry()
