"""`preptrain mock --plain` where an interview is unfinished: gone on with, or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from quizbank.errors import PlainError
from tui import mock_saved
from tui.command_line.asking import Plain

if TYPE_CHECKING:
    from tui.mock_session import MockRun
    from tui.services import Services


def unfinished(services: Services, plain: Plain) -> MockRun | None:
    """The one that the learner goes on with; None where there is none any more. Raises Ended, and PlainError."""
    from quizbank.errors import reason
    from tui.mock_messages import OFFER_KEPT, UNREADABLE
    from tui.mock_offer import facts, losses
    from tui.mock_resuming import settle, take_up

    text = mock_saved.stored(services.record)
    if text is None:
        return None
    try:
        found = take_up(services, text)
    except OSError as error:
        raise PlainError(*reason(error)) from error
    settle(services.record, found)
    run = found.run
    if run is None:
        if found.aside is not None:
            click.echo(UNREADABLE.format(path=str(found.aside))[plain.language])
        return None
    plain.say("A mock interview is unfinished.", "有一场模拟面试没做完。")
    for said in (facts(run), OFFER_KEPT, *losses(found)):
        click.echo(said[plain.language])
    if not _goes_on(plain):
        mock_saved.forget(services.record)
        return None
    run.go_on()
    if isinstance(run.typed, str):
        plain.say("What you had typed:", "之前输入的内容：")
        click.echo(run.typed)
    return run


def _goes_on(plain: Plain) -> bool:
    while True:
        typed = plain.line("Go on with it? (y, or n to discard it):", "继续这场面试？（y 继续，n 放弃）：")
        if (answer := typed.strip().lower()) in ("y", "n"):
            return answer == "y"
