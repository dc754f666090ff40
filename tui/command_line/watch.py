"""`preptrain drill watch`: grade a file each time it is saved, in whatever editor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click

from tui.command_line.completing import drill_ids
from tui.command_line.context import Context, pass_context, plain_errors
from tui.outside import Mark, mark

EVERY = 0.2  # seconds between looks at the file; a look costs microseconds


@click.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@click.option("--once", is_flag=True, help="End after the first save. 保存一次后结束。")
@pass_context
@plain_errors
def watch(context: Context, drill_id: str, once: bool) -> None:
    """Grade your file whenever it is saved; Ctrl+C ends. 保存即判题，Ctrl+C 结束。

    Each grading counts as an attempt. Example: preptrain drill watch attention
    """
    from datetime import datetime

    from drills.catalog import find_drill
    from drills.grading.client import Grader
    from drills.hunting import reveal
    from drills.workspace import read_source
    from quizbank.errors import PlainError
    from tui import attempts
    from tui.command_line.drilling import tell

    drill = find_drill(drill_id)
    path = context.files().start(drill)
    seen = mark(path)  # what is saved while the grader warms up is news too
    bank = context.bank()
    context.say(f"Watching {path}", f"正在监视 {path}")
    with Grader(counterexamples=context.counterexamples()) as grader, context.record() as record:
        grader.warm(drill.backend)
        began = time.monotonic()
        try:
            for _ in saves(path, seen):
                try:
                    source = read_source(path)
                except PlainError as error:  # an editor may be in the middle of writing
                    context.say(error.en, error.zh, err=True)
                    continue
                report = reveal(drill, grader.grade(drill, source))
                tell(drill, report, lambda: bank, context.language)
                seconds, began = time.monotonic() - began, time.monotonic()
                attempts.record_attempt(record, drill, report, source, datetime.now().astimezone(), seconds)
                if once:
                    return
        except KeyboardInterrupt:
            click.echo()


def saves(path: Path, before: Mark | None) -> Iterator[None]:
    """Yields whenever the file's content may have changed; a file that is away for a moment is waited for."""
    while True:
        time.sleep(EVERY)
        now = mark(path)
        if now is not None and now != before:
            before = now
            yield
