"""`preptrain quiz --plain` and `preptrain mock`: the sittings of the app without a full screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tui.command_line.completing import topics, tracks
from tui.command_line.context import FAILED, Context, pass_context, plain_errors
from tui.command_line.schedule import ROLES

if TYPE_CHECKING:
    from quizbank.asking import Asked
    from quizbank.interviews import Interview
    from tui.command_line.asking import Plain
    from tui.mock_session import MockRun
    from tui.quiz_session import QuizRun
    from tui.services import Services


@click.command()
@click.option("--plain", is_flag=True, help="Print lines, read lines. 逐行输出与输入。")
@click.option("--topic", shell_complete=topics, help="Only this topic. 只练一个知识点。")
@click.option("--track", shell_complete=tracks, help="Only this track. 只练一个方向。")
@click.option("--weakest", is_flag=True, help="The topics known least first. 从最薄弱的知识点开始。")
@click.option(
    "-n", "count", type=click.IntRange(1, 200), default=10, show_default=True, help="How many. 题数。"
)
@pass_context
@plain_errors
def quiz(
    context: Context, plain: bool, topic: str | None, track: str | None, weakest: bool, count: int
) -> None:
    """Answer questions: in the app, or line by line with --plain. 答题。

    Example: preptrain quiz --plain --topic lora -n 5
    """
    if not plain:
        from tui.cli import start_app

        if topic or track or weakest:
            context.fail(
                "--topic, --track and --weakest go with --plain.",
                "--topic、--track、--weakest 需与 --plain 一起使用。",
            )
        start_app(context, page="quiz")
        return
    from drills.grading.client import Grader
    from tui.services import open_services

    services = open_services(context.home, context.workspace, context.chosen_language)
    services.make_grader = lambda: Grader(counterexamples=context.counterexamples())
    try:
        _quiz(context, services, topic, track, "weakest" if weakest else "due", count)
    finally:
        services.close()


def _quiz(
    context: Context, services: Services, topic: str | None, track: str | None, order: Any, count: int
) -> None:
    from quizbank.sessions import next_items
    from tui.command_line.asking import Ended, Plain
    from tui.command_line.drilling import sit
    from tui.quiz_session import QuizRun, aim

    heads = services.bank.heads.values()
    known_topics = {one.id for _, one in services.syllabus.topics()} | {head.topic for head in heads}
    tracks = list(dict.fromkeys([*services.syllabus.track_ids(), *(head.track for head in heads)]))
    if topic is not None and topic not in known_topics:
        context.fail(
            f"no topic {topic!r}; `preptrain bank coverage --all` lists them.",
            f"没有知识点 {topic!r}；用 `preptrain bank coverage --all` 查看。",
        )
    if track is not None and track not in tracks:
        context.fail(
            f"no track {track!r}: {', '.join(tracks)}",
            f"没有方向 {track!r}：{', '.join(tracks)}",
        )
    share = services.settings.drill_share / 100 if topic is None and track is None and order == "due" else 0
    items = [item for item in services.candidates() if share or item.item.startswith("q:")]
    chosen = next_items(
        items, services.record.cards(), services.now(), new_limit=count, topic=topic, track=track, limit=count,
        order=order, drill_share=share or None, **aim(services.record),
    )  # fmt: skip
    run, plain = QuizRun(services, chosen), Plain(context.language)
    if not chosen:
        plain.say("There is no question to ask.", "没有可问的题目。")
    try:
        while True:
            asked = run.ask()
            if asked is not None:
                _ask(asked, run, plain)
            elif run.drill is not None:
                sit(run.drill, services, plain)
                run.skip()
            else:
                break
    except Ended:
        pass
    plain.say(
        f"{run.questions_answered} answered, {run.right_at_once} right at the first try.",
        f"答了 {run.questions_answered} 题，一次答对 {run.right_at_once} 题。",
    )


def _ask(asked: Asked, run: QuizRun, plain: Plain) -> None:
    """One question, its answer, and what is to be learnt from it; raises Ended."""
    from quizbank.answering import AnswerError
    from tui.command_line.asking import put, read

    put(asked, plain)
    while True:
        try:
            feedback = run.submit(read(asked, plain), None).feedback
            break
        except AnswerError as error:
            plain.say(error.en, error.zh)
    if feedback.correct:
        plain.say("Right.", "正确。")
    else:
        plain.say(f"Not right ({feedback.score:.0%}).", f"不正确（{feedback.score:.0%}）。")
        for part in feedback.parts:
            click.echo(f"  {'+' if part.ok else '-'} {plain.plain(part.text)}")
        plain.text(feedback.expected)
    click.echo()
    plain.text(asked.explanation)
    for source in asked.question.sources:
        click.echo(", ".join(filter(None, (source.title, source.where, source.url))))
    for drill in asked.question.drills:
        plain.say(f"Now build it: preptrain drill start {drill}", f"动手实现：preptrain drill start {drill}")


@click.group(invoke_without_command=True)
@click.option("--plain", is_flag=True, help="Print lines, read lines. 逐行输出与输入。")
@click.option(
    "--minutes",
    type=click.Choice(["30", "45", "60"]),
    default="45",
    show_default=True,
    help="How long. 时长（分钟）。",
)
@click.option("--role", type=click.Choice(ROLES), help="The role it is for. 面试岗位。")
@click.pass_context
def mock(ctx: click.Context, plain: bool, minutes: str, role: str | None) -> None:
    """A mock interview: nothing is told until its end. 模拟面试，结束前不公布对错。

    Example: preptrain mock --plain --minutes 30
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(_start, plain=plain, minutes=int(minutes), role=role)


@pass_context
@plain_errors
def _start(context: Context, plain: bool, minutes: int, role: str | None) -> None:
    from tui.services import open_services

    if not plain:
        from tui.cli import start_app

        start_app(context, page="mock")
        return
    services = open_services(context.home, context.workspace, context.chosen_language)
    try:
        _interview(context, services, minutes, role)
    finally:
        services.close()


def _interview(context: Context, services: Services, minutes: int, role: str | None) -> None:
    from tui.command_line.asking import Ended, Plain, tick
    from tui.command_line.mock_resuming import unfinished
    from tui.mock_session import MockRun, interviews

    plain = Plain(context.language)
    try:
        run = unfinished(services, plain)
        if run is None:
            run = MockRun.planned(services, minutes=minutes, role=role)
            plain.say(
                f"{len(run.steps)} steps, {minutes} minutes. Ctrl+D leaves it, to go on with later.",
                f"共 {len(run.steps)} 步，{minutes} 分钟。Ctrl+D 中断，之后可以继续。",
            )
        run.keep(services.record)
        while run.step is not None:
            _ask_step(run, plain)
            run.keep(services.record)
        for index in run.to_tick():
            run.tick(index, tick(run.points(index), plain))
            run.keep(services.record)
    except Ended:
        context.fail(
            "Left early. To go on with it or discard it: preptrain mock",
            "已中断。继续或放弃：preptrain mock",
            FAILED,
        )
    if (coding := run.coding()) is not None:
        index, drill, source = coding
        run.settle(index, services.grader.grade(drill, source))
    done = run.finish(services.record)
    _print_interview(done, interviews(services.record), context)


def _ask_step(run: MockRun, plain: Any) -> None:
    from pathlib import Path

    from quizbank.answering import AnswerError
    from tui.command_line.asking import DontKnow, in_words, put, read

    step = run.step
    assert step is not None
    run.start_clock()
    left = max(0, round(run.seconds_left / 60))
    plain.say(
        f"\n[{run.place + 1}/{len(run.steps)} · {left} min left]",
        f"\n[{run.place + 1}/{len(run.steps)} · 还剩 {left} 分钟]",
    )
    if step.kind == "quick":
        asked = run.asked(step)
        put(asked, plain)
        while True:
            try:
                run.answer(read(asked, plain))
                return
            except AnswerError as error:
                plain.say(error.en, error.zh)
    if step.kind == "drill":
        drill = run.drill(step)
        click.echo(drill.prompt(plain.language))
        click.echo(drill.starter)
        while True:
            typed = plain.line("Path of your file (? for none):", "你的代码文件路径（没有则填 ?）：").strip()
            if typed in ("", "?", "？"):
                run.answer(None)
                return
            try:
                run.answer(Path(typed).expanduser().read_text("utf-8"))
                return
            except (OSError, UnicodeDecodeError) as error:
                click.echo(str(error))
    plain.text(run.asked(step).stem if step.kind == "deep" else run.follow_up(step).ask)
    try:
        run.answer(in_words(plain))
    except DontKnow:
        run.answer(None)


@mock.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def list_(context: Context, as_json: bool) -> None:
    """List the interviews and how they compare. 列出历次模拟面试。

    Example: preptrain mock list
    """
    from quizbank.interviews import change
    from tui.mock_session import interviews

    with context.record() as record:
        found = interviews(record)
    if as_json:
        click.echo(
            json.dumps({"version": 1, "interviews": [one.to_json() for one in found]}, ensure_ascii=False)
        )
        return
    if not found:
        context.say(
            "No interview yet. Begin one with: preptrain mock", "还没有模拟面试。开始：preptrain mock"
        )
    for one in found:
        moved = change(one, found)
        said = "" if moved is None else f"  {moved * 100:+.0f}"
        click.echo(f"{one.id}  {one.minutes:>2} min  {one.role or '-':9} {one.score:>4.0%}{said}")


@mock.command()
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def show(context: Context, id_: str | None, as_json: bool) -> None:
    """Show the report of an interview, the last one without ID. 查看模拟面试报告。

    Example: preptrain mock show --json
    """
    from tui.mock_session import interviews

    with context.record() as record:
        found = interviews(record)
    chosen = next((one for one in reversed(found) if id_ in (None, one.id)), None)
    if chosen is None:
        context.fail(f"No interview {id_ or ''}.", f"没有模拟面试 {id_ or ''}。", FAILED)
    if as_json:
        click.echo(json.dumps(chosen.to_json(), ensure_ascii=False))
    else:
        _print_interview(chosen, found, context)


def _print_interview(done: Interview, others: list[Interview], context: Context) -> None:
    from tui.mock_text import lines

    for line in lines(done, others, context.language):
        click.echo(line)
