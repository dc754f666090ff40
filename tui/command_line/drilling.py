"""A drill in plain lines: its task, the learner's own file, and a line to have it graded, as often as wanted.

The file is that of the app and of `preptrain drill`, changed in whatever editor; attempts and hints go where theirs go.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from quizbank.errors import PlainError

if TYPE_CHECKING:
    from drills.catalog import Drill
    from drills.grading.report import Report
    from quizbank.collection import Bank
    from quizbank.models import Language
    from tui.command_line.asking import Plain
    from tui.drill_desk import Desk
    from tui.services import Services


def sit(drill: Drill, services: Services, plain: Plain) -> None:
    """Put the drill, and grade its file until it passes or is left for another day.

    Raises Ended where the learner or the input ends the sitting, and RecordError where an attempt cannot be written.
    """
    from tui.command_line.asking import Ended
    from tui.drill_desk import Desk

    desk = Desk(services, drill)
    if not _put(desk, services, plain):
        return
    services.grader.warm(drill.backend)
    while True:
        typed = plain.line(
            "Enter grades your file, h hint, e editor, s skip, q end:",
            "回车判题，h 提示，e 编辑器，s 跳过，q 结束：",
        )
        match typed.strip().lower():
            case "":
                if _grade(desk, services, plain):
                    return
            case "h":
                _hint(desk, plain)
            case "e":
                _edit(desk, plain)
            case "s":
                return
            case "q":
                raise Ended
            case _:
                plain.say("Type h, e, s, q, or Enter alone.", "请输入 h、e、s、q，或直接回车。")


def tell(drill: Drill, report: Report, bank: Callable[[], Bank], language: Language) -> None:
    """Print a verdict; of a failure also the question that explains it, looked up only then."""
    from tui import attempts
    from tui.command_line.tables import print_report

    question = None if report.passed else attempts.explaining(bank(), drill, report)
    print_report(report, language, question)


def _put(desk: Desk, services: Services, plain: Plain) -> bool:
    """The task, the hints seen in earlier sittings, and the file; False where that cannot be written."""
    drill = desk.drill
    title = drill.title[plain.language]
    click.echo()
    plain.say(
        f"Now build it: {title} (about {drill.minutes} minutes).",
        f"动手实现：{title}（约 {drill.minutes} 分钟）。",
    )
    click.echo(drill.prompt(plain.language))
    try:
        path = services.workspace.start(drill)
    except PlainError as error:
        plain.say(error.en, error.zh)
        return False
    for number in range(1, desk.hints_shown + 1):
        _show_hint(drill, number, plain)
    plain.say(f"Your file: {path}", f"你的文件：{path}")
    return True


def _grade(desk: Desk, services: Services, plain: Plain) -> bool:
    """Grade the file as it is now, and record the attempt; whether it passed."""
    from drills.hunting import reveal
    from drills.workspace import read_source

    drill = desk.drill
    try:
        source = read_source(desk.path)
    except PlainError as error:  # moved away, or not text: the learner can mend that and try again
        plain.say(error.en, error.zh)
        return False
    report = reveal(drill, services.grader.grade(drill, source))
    desk.record_attempt(report, source)
    tell(drill, report, lambda: services.bank, plain.language)
    if report.passed:
        plain.say(
            f"The solution: preptrain drill solution {drill.id}",
            f"参考答案：preptrain drill solution {drill.id}",
        )
    return report.passed


def _hint(desk: Desk, plain: Plain) -> None:
    from tui.messages import NO_MORE_HINTS

    if desk.show_hint():
        _show_hint(desk.drill, desk.hints_shown, plain)
    else:
        plain.say(NO_MORE_HINTS.en, NO_MORE_HINTS.zh)


def _show_hint(drill: Drill, number: int, plain: Plain) -> None:
    click.echo(f"[{number}/{len(drill.hints)}] {plain.plain(drill.hints[number - 1]).rstrip()}")


def _edit(desk: Desk, plain: Plain) -> None:
    """The learner's own editor, which takes the terminal for itself until it is closed."""
    from tui import outside

    if not at_a_terminal():
        plain.say(
            "An editor needs a terminal. Change the file yourself, then press Enter.",
            "这里没有终端，无法打开编辑器。请自行修改文件，再按回车。",
        )
        return
    try:
        outside.edit(desk.path)
    except PlainError as error:
        plain.say(error.en, error.zh)


def at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
