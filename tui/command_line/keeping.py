"""`preptrain record`: looking after the record itself: rebuild, merge, back up, undo and redo."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from tui.command_line.context import FAILED, Context, pass_context, plain_errors


@click.group()
def record() -> None:
    """Rebuild, merge and back up the record; undo and redo. 维护学习记录。"""


@record.command()
@pass_context
@plain_errors
def rebuild(context: Context) -> None:
    """Make the cards and sums anew from the log. 根据日志重建卡片与统计。

    Where nothing was wrong nothing changes. Example: preptrain record rebuild
    """
    with context.record() as kept:
        kept.back_up_daily(_today())
        kept.rebuild()
        count = len(kept.cards())
    context.say(f"Rebuilt: {count} cards.", f"已重建：{count} 张卡片。")


@record.command()
@click.argument("other", type=click.Path(path_type=Path))
@pass_context
@plain_errors
def merge(context: Context, other: Path) -> None:
    """Take in the log of OTHER: a record.db or a JSON export. 合并另一份学习记录。

    The union of both logs, whatever the order and however often; of two drafts the later one holds. Example: preptrain record merge laptop/record.db
    """
    from quizbank.merging import merge as take_in
    from quizbank.merging import set_aside

    with context.record() as kept:
        kept.back_up_daily(_today())
        before = kept.drafts()
        new = take_in(kept, other)
        aside = set_aside(kept, before, datetime.now())
    context.say(f"{new} new entries.", f"新增 {new} 条记录。")
    if aside is not None:
        context.say(
            f"Drafts here that gave way to later ones are kept in {aside}",
            f"被更新内容取代的本机草稿保存在 {aside}",
        )


@record.command()
@pass_context
@plain_errors
def backup(context: Context) -> None:
    """Back up the record, once a day at most, and list the backups. 备份学习记录。

    The last ten are kept. Example: preptrain record backup
    """
    from quizbank.migrations import list_backups

    with context.record() as kept:
        kept.back_up_daily(_today())
        for path in list_backups(kept.path):
            click.echo(str(path))


@record.command()
@pass_context
@plain_errors
def undo(context: Context) -> None:
    """Take back the last answer. 撤销最近一次作答。

    Example: preptrain record undo
    """
    with context.record() as kept:
        taken = kept.undo(datetime.now().astimezone())
    if taken is None:
        context.fail("There is nothing to undo.", "没有可撤销的作答。", FAILED)
    context.say(f"Undone: {taken.item}", f"已撤销：{taken.item}")


@record.command()
@pass_context
@plain_errors
def redo(context: Context) -> None:
    """Bring back what the last undo took. 重做最近一次撤销。

    Example: preptrain record redo
    """
    with context.record() as kept:
        brought = kept.redo(datetime.now().astimezone())
    if brought is None:
        context.fail("There is nothing to redo.", "没有可重做的操作。", FAILED)
    context.say(f"Redone: {brought.item}", f"已重做：{brought.item}")


def _today() -> date:
    from quizbank.scheduling import learner_day

    return learner_day(datetime.now().astimezone())
