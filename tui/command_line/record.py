"""`preptrain export` and `preptrain stats`: the learner's record, taken away or summed up."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from quizbank.exporting import FORMATS
from tui.command_line.context import Context, pass_context, plain_errors

_FORMAT_LINES = "\b\nFormats 格式:\n" + "\n".join(
    f"  {name:<14} {form.description.en}\n{'':<17}{form.description.zh}" for name, form in FORMATS.items()
)


@click.command(epilog=_FORMAT_LINES)
@click.argument("form", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File (default: standard output). 输出文件。"
)
@click.option("--force", is_flag=True, help="Replace an existing file. 覆盖已有文件。")
@click.option("--excel", is_flag=True, help="CSV with the mark that Excel needs. 便于 Excel 打开的 CSV。")
@pass_context
@plain_errors
def export(context: Context, form: str, output: Path | None, force: bool, excel: bool) -> None:
    """Export the record or the questions as FORMAT. 导出学习记录或题目。

    Example: preptrain export html -o progress.html
    """
    from drills.catalog import load_catalog
    from quizbank.exporting import export as write

    with context.record() as record:
        write(form, record, context.bank(), output, force, excel=excel, drills=load_catalog().values())
    if output is not None:
        context.say(f"Written: {output}", f"已写入：{output}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def stats(context: Context, as_json: bool) -> None:
    """Show what you know and what is due. 查看掌握情况与待复习内容。

    Example: preptrain stats --json
    """
    from drills.catalog import load_catalog
    from quizbank.sessions import candidates
    from quizbank.statistics import summary

    with context.record() as record:
        found = summary(
            record, candidates(context.bank(), load_catalog().values()), datetime.now().astimezone()
        )
    if as_json:
        click.echo(json.dumps({"version": 1, **asdict(found)}, ensure_ascii=False, default=str))
        return
    from tui.command_line.tables import print_stats

    print_stats(found, context.language)
