"""`preptrain goal` and `preptrain schedule`: what the schedule aims at, and what it is fitted to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from tui.command_line.context import FAILED, Context, pass_context, plain_errors

if TYPE_CHECKING:
    from quizbank.goals import Goal
    from quizbank.optimising import Fit
    from quizbank.record import Record

ROLES = ("research", "applied", "infra")


@click.command()
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The day of the interview. 面试日期。")
@click.option("--role", type=click.Choice(ROLES), help="The role it is for. 面试岗位。")
@click.option("--clear", is_flag=True, help="Forget the goal. 取消目标。")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def goal(context: Context, day: str | None, role: str | None, clear: bool, as_json: bool) -> None:
    """Set the interview date, or show what it means per track. 设定面试日期，查看各方向的预期。

    Example: preptrain goal --date 2026-12-15 --role applied
    """
    from quizbank.goals import Goal
    from quizbank.scheduling import learner_day

    now = datetime.now().astimezone()
    with context.record() as record:
        if clear:
            record.change_setting("goal", None, now)
            context.say("No goal.", "已取消目标。")
            return
        current = Goal.from_json(record.setting("goal"))
        if day is not None:
            try:
                aim = date.fromisoformat(day)
            except ValueError:
                context.fail(
                    f"--date is a day like 2026-12-15, not {day}", f"--date 的格式如 2026-12-15，而不是 {day}"
                )
            if aim < learner_day(now):
                context.fail(f"{aim} is over.", f"{aim} 已经过去了。")
            current = Goal(aim, role)
            record.change_setting("goal", current.to_json(), now)
        elif role is not None:
            if current is None:
                context.fail("Give the day as well: --date 2026-12-15", "请同时给出日期：--date 2026-12-15")
            current = Goal(current.day, role)
            record.change_setting("goal", current.to_json(), now)
        if current is None:
            context.say(
                "No goal. Set one with: preptrain goal --date 2026-12-15",
                "还没有目标。设定：preptrain goal --date 2026-12-15",
            )
            return
        rows = _outlooks(context, record, current, now)
    left = current.days_left(learner_day(now))
    if as_json:
        data = {
            "version": 1,
            **current.to_json(),
            "days_left": left,
            "tracks": {name: asdict(row) for name, row in rows.items()},
        }
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    from tui.command_line.tables import print_goal

    print_goal(current, left, rows, context.language)


def _outlooks(context: Context, record: Record, aim: Goal, now: datetime) -> dict[str, Any]:
    from drills.catalog import load_catalog
    from quizbank.goals import by_track
    from quizbank.scheduling import learner_day
    from quizbank.sessions import candidates

    items = candidates(context.bank(), load_catalog().values())
    return by_track(items, record.cards(), aim, learner_day(now), record.schedule)


@contextmanager
def _progress(context: Context) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left, on a terminal alone."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    left = "剩余" if context.language == "zh" else "left"
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn(left))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("schedule", total=None)
        yield lambda rows, of: bar.update(task, completed=rows, total=of)


@click.group()
def schedule() -> None:
    """Show and change what the schedule follows. 查看与调整复习计划。"""


@schedule.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def show(context: Context, as_json: bool) -> None:
    """Show the retention aimed at, and the fits. 查看目标记忆率与参数优化记录。

    Example: preptrain schedule show
    """
    from quizbank.optimising import fits

    with context.record() as record:
        retention, kept = record.schedule.retention, fits(record)
    if as_json:
        click.echo(json.dumps({"version": 1, "retention": retention, "fits": [asdict(fit) for fit in kept]}))
        return
    context.say(f"Retention aimed at: {retention:.0%}", f"目标记忆率：{retention:.0%}")
    if not kept:
        context.say("FSRS's own parameters.", "使用 FSRS 默认参数。")
    for fit in kept:
        _say_fit(context, fit)


@schedule.command()
@click.argument("share", type=click.FloatRange(0.7, 0.97))
@pass_context
@plain_errors
def retention(context: Context, share: float) -> None:
    """Ask items again when the chance of recall falls to SHARE (0.7 to 0.97). 设定目标记忆率。

    Example: preptrain schedule retention 0.92
    """
    with context.record() as record, _progress(context) as progress:
        record.set_retention(share, progress=progress)
    context.say(
        f"Retention aimed at: {share:.0%}. Every due day follows it.",
        f"目标记忆率：{share:.0%}，所有到期日已随之调整。",
    )


@schedule.command()
@pass_context
@plain_errors
def optimise(context: Context) -> None:
    """Fit the memory model to your own answers. 用自己的作答记录优化记忆模型参数。

    The newest fifth is held out; the fit is used only if it predicts that better. Example: preptrain schedule optimise
    """
    from quizbank.optimising import optimise as fit_to

    with context.record() as record:
        fit = fit_to(record, datetime.now().astimezone())
    _say_fit(context, fit)
    if not fit.better:
        context.fail("Not better: the parameters stay as they were.", "没有改进：参数保持不变。", FAILED)
    context.say(
        "In use now. Back with: preptrain schedule restore", "已启用。恢复：preptrain schedule restore"
    )


@schedule.command()
@pass_context
@plain_errors
def restore(context: Context) -> None:
    """Go back to the parameters before the last fit. 恢复到上一次优化之前的参数。

    Example: preptrain schedule restore
    """
    from quizbank.optimising import restore as go_back

    with context.record() as record:
        fit = go_back(record, datetime.now().astimezone())
    if fit is None:
        context.fail("Nothing was fitted.", "还没有优化过参数。", FAILED)
    context.say(f"The fit of {fit.at} is no longer used.", f"已不再使用 {fit.at} 的优化结果。")


@schedule.command()
@click.argument("item")
@pass_context
@plain_errors
def resume(context: Context, item: str) -> None:
    """Take up ITEM again, set aside after eight lapses. 重新学习因多次遗忘而搁置的题目。

    ITEM is q:<question> or d:<drill>. Example: preptrain schedule resume q:lora-parameter-share
    """
    from quizbank.insights import resume as take_up

    with context.record() as record:
        if not take_up(record, item):
            context.fail(f"{item} is not set aside.", f"{item} 没有被搁置。", FAILED)
    context.say(f"{item} is asked again.", f"{item} 会重新出现。")


def _say_fit(context: Context, fit: Fit) -> None:
    context.say(
        f"{fit.at}: {fit.reviews} reviews; loss on the newest fifth {fit.loss_before:.4f} -> {fit.loss_after:.4f}",
        f"{fit.at}：{fit.reviews} 次复习；最新五分之一上的损失 {fit.loss_before:.4f} -> {fit.loss_after:.4f}",
    )
