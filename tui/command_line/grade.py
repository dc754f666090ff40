"""`preptrain grade`: a class's submissions, graded here or on a cluster, with results for people and programs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.command_line.context import GRADER_FAULT, Context, pass_context, plain_errors
from tui.command_line.results import RESULT_NAMES

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from drills.catalog import Drill
    from drills.cohort.results import Summary
    from drills.cohort.submissions import Found

SHOWN_PROBLEMS = 10
STOPPED = 130  # as a shell has it after ctrl+c


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--drills", help="Only these, with commas between (default: all). 只判这些题目，逗号分隔。")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder of results (default: DIR-results). 结果文件夹。",
)
@click.option(
    "--formats",
    default="junit,gradescope",
    show_default=True,
    help=f"For other programs, with commas between: {', '.join(RESULT_NAMES)}. 供其他程序读取的格式。",
)
@click.option("--regrade", is_flag=True, help="Grade again what has a verdict. 已有结论的也重新判。")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Graders at once (default: the cores). 并行判题数。"
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help='A Dask scheduler, tcp://…; "local" starts one here. Dask 调度器地址；local 表示在本机启动。',
)
@pass_context
@plain_errors
def grade(
    context: Context,
    directory: Path,
    drills: str | None,
    output: Path | None,
    formats: str,
    regrade: bool,
    jobs: int | None,
    scheduler: str | None,
) -> None:
    """Grade the submissions of a class: DIR holds <person>/<drill>.py, or is a zip of that. 批量判一个班的提交。

    Every verdict is kept as it comes: run it again after a stop, and only what is missing or changed is graded.

    Example: preptrain grade submissions/ --drills attention,softmax -o results/
    """
    from drills.cohort.ledger import Ledger
    from drills.cohort.results import Results
    from drills.cohort.running import grade_all, identities_of
    from drills.cohort.submissions import find
    from tui.command_line.tables import print_class

    wanted = _wanted(drills)
    forms = _formats(context, formats)
    folder = _folder(context, directory, output)
    with tempfile.TemporaryDirectory(prefix="preptrain-class-") as scratch:
        found = find(directory, list(wanted), Path(scratch))
        _say_problems(context, found)
        if not found.submissions:
            context.fail(
                f"No submission in {directory}: it should hold <person>/<drill>.py, such as wang/attention.py.",
                f"{directory} 中没有找到提交：应为 <姓名>/<题目>.py，例如 wang/attention.py。",
            )
        identities = identities_of(wanted.values())
        faults, stopped = 0, False
        with Ledger(folder / "ledger.db") as ledger:
            try:
                with (
                    _workers(context, scheduler, jobs or os.cpu_count() or 1) as (executor, width),
                    _progress(context, len(found.submissions)) as advance,
                ):
                    faults = grade_all(
                        found.submissions,
                        identities,
                        ledger,
                        executor,
                        width,
                        regrade=regrade,
                        on_done=advance,
                    )
            except KeyboardInterrupt:
                stopped = True
            results = Results(folder, context.language, found, wanted, identities, ledger, forms)
            summary = results.write(datetime.now().astimezone())
            print_class(summary.tallies, results.people(), context.language)
    _say_results(context, folder, summary)
    if stopped:
        context.fail(
            "Stopped. What was graded is kept: the same command goes on from there.",
            "已停止。已判的结果都已保存：再次运行同一命令即可继续。",
            STOPPED,
        )
    if faults:
        context.fail(
            f"The grader failed on {faults} file(s), which have no verdict; run it again, or see `preptrain doctor`.",
            f"有 {faults} 个文件判题器出错，没有结论；请再次运行，或查看 `preptrain doctor`。",
            GRADER_FAULT,
        )


def _wanted(names: str | None) -> dict[str, Drill]:
    from drills.catalog import find_drill, load_catalog

    if names is None:
        return load_catalog()
    ids = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    return {id_: find_drill(id_) for id_ in ids}


def _formats(context: Context, names: str) -> list[str]:
    found = [name.strip() for name in names.split(",") if name.strip()]
    for name in found:
        if name not in RESULT_NAMES:
            known = ", ".join(RESULT_NAMES)
            context.fail(f"no format {name!r}; there are: {known}", f"没有格式 {name!r}；可用的有：{known}")
    return found


def _folder(context: Context, directory: Path, output: Path | None) -> Path:
    """Where results go; made where it is missing."""
    from quizbank.errors import reason

    place = directory.resolve()
    folder = output or place.with_name(f"{place.stem if place.is_file() else place.name}-results")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        en, zh = reason(error)
        context.fail(f"cannot make the folder {folder}: {en}", f"无法创建文件夹 {folder}：{zh}")
    return folder


@contextmanager
def _workers(context: Context, scheduler: str | None, jobs: int) -> Iterator[tuple[Executor, int]]:
    """What grades, and how many files are handed out at a time."""
    if scheduler is None:
        from drills.cohort.running import here

        with here(jobs) as executor:
            yield executor, 2 * jobs
        return
    from drills.cohort.cluster import cluster

    with cluster(scheduler, jobs) as found:
        if found.dashboard is not None:
            context.say(f"Dashboard: {found.dashboard}", f"仪表盘：{found.dashboard}", err=True)
        yield found.executor, 4 * found.threads


@contextmanager
def _progress(context: Context, total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    left = "剩余" if context.language == "zh" else "left"
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn(left))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("grade", total=total)
        yield lambda: bar.advance(task)


def _say_problems(context: Context, found: Found) -> None:
    for problem in found.problems[:SHOWN_PROBLEMS]:
        context.say(problem.en, problem.zh, err=True)
    if (more := len(found.problems) - SHOWN_PROBLEMS) > 0:
        context.say(f"… and {more} more, in report.html", f"……另有 {more} 条，见 report.html", err=True)


def _say_results(context: Context, folder: Path, summary: Summary) -> None:
    if summary.missing is not None:
        context.say(summary.missing.en, summary.missing.zh, err=True)
    if summary.groups:
        context.say(
            f"Nearly identical files: {len(summary.groups)} group(s), in report.html",
            f"几乎相同的代码：{len(summary.groups)} 组，见 report.html",
        )
    context.say(
        f"Results: {folder / 'report.html'}, with results.csv, results.json and the rest beside it",
        f"结果：{folder / 'report.html'}，results.csv、results.json 等在同一文件夹",
    )
