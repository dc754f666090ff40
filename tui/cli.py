"""The `preptrain` command: starts the app, or runs one of the subcommands.

Exit codes: 0 done or passed, 1 failed (a wrong solution, a faulty bank), 2 wrong usage or unusable files,
3 the grader itself failed (PyTorch missing, for one).
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from quizbank.errors import PlainError
from tui.command_line.context import Context

_GROUPS = {
    "bank": "tui.command_line.bank:bank",
    "doctor": "tui.command_line.doctor:doctor",
    "drill": "tui.command_line.drill:drill",
    "export": "tui.command_line.record:export",
    "goal": "tui.command_line.schedule:goal",
    "grade": "tui.command_line.grade:grade",
    "keys": "tui.command_line.keys:keys",
    "mock": "tui.command_line.quiz:mock",
    "quiz": "tui.command_line.quiz:quiz",
    "import": "tui.command_line.importing:import_",
    "record": "tui.command_line.keeping:record",
    "schedule": "tui.command_line.schedule:schedule",
    "serve": "tui.command_line.serve:serve",
    "stats": "tui.command_line.record:stats",
}


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are asked for, so that the app starts at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _GROUPS:
            return None
        module, _, name = _GROUPS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done or passed, 1 failed, 2 wrong usage or unusable files, 3 the grader failed. "
    "退出码：0 完成或通过，1 未通过，2 用法或文件有误，3 判题器故障。",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="Where the record lives (default: $PREPTRAIN_HOME, else the user's data folder). 记录所在文件夹。",
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    help="Where your drill files live (default: HOME/workspace). 你的代码所在文件夹。",
)
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of this run. 本次使用的语言。")
@click.version_option(package_name="preptrain")
@click.pass_context
def main(ctx: click.Context, home: Path | None, workspace: Path | None, language: Any) -> None:
    """Prepare for a deep-learning interview: quizzes and graded drills. 深度学习面试准备：刷题与编程练习。

    Without a command the app starts. 不带子命令时启动应用。
    """
    ctx.obj = Context(home, workspace, language)
    if ctx.invoked_subcommand is None:
        start_app(ctx.obj)


def start_app(context: Context, page: str | None = None) -> None:
    """Open the learner's home and run the app; needs a terminal on both sides."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        context.fail(
            "preptrain needs a terminal: standard input or output is not one. "
            "`preptrain --help` lists the commands that work without.",
            "preptrain 需要终端：标准输入或输出不是终端。`preptrain --help` 列出无需终端的命令。",
        )
    if os.environ.get("TERM") in (None, "", "dumb"):
        context.fail(
            "preptrain needs a terminal that can draw: TERM is not set, or is dumb.",
            "preptrain 需要支持绘制的终端：TERM 未设置或为 dumb。",
        )
    from tui.app import run
    from tui.services import open_services

    try:
        services = open_services(context.home, context.workspace, context.chosen_language)
    except PlainError as error:
        context.fail(error.en, error.zh)
    try:
        run(services, page)
    finally:
        services.close()


def entry() -> NoReturn:
    """What the installed command calls."""
    main(prog_name="preptrain")
    raise AssertionError("click exits by itself")


if __name__ == "__main__":
    entry()
