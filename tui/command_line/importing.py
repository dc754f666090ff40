"""`preptrain import`: questions from elsewhere, as a pack."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import click

from tui.command_line.context import Context, pass_context, plain_errors

# The names of quizbank.importing.FORMATS, which need not be imported to show the help.
FORMAT_NAMES = ("anki", "anki-text", "moodle", "questions-csv")
SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Pack (default: standard output). 题包文件。"
)
@click.option(
    "--from", "form", type=click.Choice(FORMAT_NAMES), help="Format (default: by the ending). 文件格式。"
)
@click.option("--track", help="The pack's track, such as my-notes. 题包的方向。")
@click.option("--force", is_flag=True, help="Replace an existing file. 覆盖已有文件。")
@pass_context
@plain_errors
def import_(
    context: Context, file: Path, output: Path | None, form: str | None, track: str | None, force: bool
) -> None:
    """Import questions from Anki (.apkg, .txt), Moodle XML or CSV. 导入 Anki、Moodle XML 或 CSV 题目。

    What could not be taken over is told, question by question.
    Example: preptrain import deck.apkg -o pack.yaml
    """
    from quizbank.importing import import_file
    from quizbank.models import SLUG

    if track is not None:
        import re

        if not re.fullmatch(SLUG, track):
            context.fail(
                "--track is a name such as my-notes: a-z, 0-9 and single hyphens.",
                "--track 形如 my-notes：小写字母、数字和单个连字符。",
            )
    pack = import_file(file, output, date.today(), form=form, track=track, force=force)
    language = context.language
    refused = [remark for remark in pack.remarks if not remark.taken]
    colon = "：" if language == "zh" else ": "
    for remark in refused[:SHOWN]:
        click.echo(_printable(f"✗ {remark.where}{colon}{remark.text[language]}"), err=True)
    if len(refused) > SHOWN:
        more = len(refused) - SHOWN
        context.say(f"… and {more} more that could not be taken", f"……还有 {more} 条未能导入", err=True)
    for text, count in Counter(remark.text for remark in pack.remarks if remark.taken).items():
        click.echo(_printable(f"! {text[language]} ({count})"), err=True)
    taken = len(pack.questions)
    where = output or "-"
    context.say(
        f"{taken} questions taken, {len(refused)} not: {where}",
        f"导入 {taken} 题，{len(refused)} 条未能导入：{where}",
        err=output is None,
    )
    if output is not None:
        context.say(
            f"Look through it, then check it: preptrain bank check {output}",
            f"请通读一遍，再检查：preptrain bank check {output}",
        )


def _printable(text: str) -> str:
    """What a stranger's file says goes to a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
