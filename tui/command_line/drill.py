"""`preptrain drill`: start a drill, grade it, see hints and the solution, and prove the catalogue."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui import attempts
from tui.command_line.completing import drill_ids
from tui.command_line.context import FAILED, GRADER_FAULT, PASSED, USAGE, Context, pass_context, plain_errors
from tui.command_line.results import RESULT_NAMES, write_results
from tui.command_line.watch import watch

if TYPE_CHECKING:
    from drills.catalog import Drill


@click.group()
def drill() -> None:
    """List, start, check and verify drills. 编程练习：列表、开始、判题与验证。"""


def _now() -> datetime:
    return datetime.now().astimezone()


def _find(drill_id: str) -> Drill:
    """A drill by id, or a bug hunt by "<drill>/<code>"."""
    from drills.hunting import find

    return find(drill_id)


drill.add_command(watch)


@drill.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def list_drills(context: Context, as_json: bool) -> None:
    """List the drills and how you stand. 列出所有题目与状态。

    Example: preptrain drill list --json
    """
    from drills.catalog import load_catalog
    from tui.command_line.tables import print_drills

    drills = load_catalog().values()
    if as_json:
        rows = [{**item.model_dump(mode="json"), "hints": len(item.hints)} for item in drills]
        click.echo(json.dumps({"drills": rows}, ensure_ascii=False))
        return
    with context.record() as record:
        states = {item.id: attempts.state(record.card(item.item)) for item in drills}
    print_drills(drills, states, context.language)


@drill.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@pass_context
@plain_errors
def start(context: Context, drill_id: str) -> None:
    """Put the starter in your workspace and print the task. 把起始代码放进工作区并显示题目。

    A file of yours is never overwritten. Example: preptrain drill start attention
    """
    found = _find(drill_id)
    _begin(context, found)


def _begin(context: Context, drill: Drill) -> None:
    path = context.files().start(drill)
    name = drill.item[2:]
    click.echo(drill.prompt(context.language))
    context.say(f"Your file: {path}", f"你的文件：{path}")
    context.say(f"Grade it: preptrain drill check {name}", f"判题：preptrain drill check {name}")


@drill.command()
@click.argument("drill_id", metavar="[ID]", required=False)
@pass_context
@plain_errors
def hunt(context: Context, drill_id: str | None) -> None:
    """Open a file with one mistake in it, to find and mend. 找错题：文件里藏着一个错误，找出并改好。

    Without an ID: a mistake that you made before, else one in a drill that you have solved.
    Example: preptrain drill hunt attention
    """
    from drills.catalog import load_catalog
    from drills.hunting import Hunt

    found = None if drill_id is None else _find(drill_id)
    if not isinstance(found, Hunt):
        drills = load_catalog().values() if found is None else [found]
        with context.record() as record:
            found = attempts.next_hunt(record, drills)
    if found is None:
        context.say("Every mistake there is has been mended.", "所有错误都已经改好了。")
        return
    _begin(context, found)


@drill.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@click.option(
    "--solution",
    "solutions",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Grade this file instead of yours (may be given often); nothing is recorded. 判指定文件（可多次给出），不计入记录。",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON. 输出 JSON 报告。")
@click.option(
    "--format",
    "form",
    type=click.Choice(RESULT_NAMES),
    help="Results for another program. 供其他程序读取的结果。",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File for --format (default: standard output). 输出文件。",
)
@click.option("--force", is_flag=True, help="Replace an existing file. 覆盖已有文件。")
@click.option(
    "--seed", type=click.IntRange(0, 9_999), default=0, help="Other inputs are drawn. 更换随机输入。"
)
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "mps"]),
    help="Where your code of a PyTorch drill computes. PyTorch 题的代码在哪个设备上运行。",
)
@pass_context
@plain_errors
def check(
    context: Context,
    drill_id: str,
    solutions: tuple[Path, ...],
    as_json: bool,
    form: str | None,
    output: Path | None,
    force: bool,
    seed: int,
    device: str | None,
) -> None:
    """Grade your file. 判题。

    Exit codes: 0 passed, 1 failed, 2 wrong usage or an unreadable file, 3 the grader failed.
    Example: preptrain drill check attention --solution attention.py --format junit -o results.xml
    """
    from drills.grading.client import Grader
    from drills.hunting import reveal
    from drills.results.grading import Grading
    from drills.workspace import read_source
    from tui.command_line.drilling import tell

    if form is None and output is not None:
        context.fail("-o goes with --format.", "-o 要与 --format 一起使用。")
    if as_json and (form is not None or len(solutions) > 1):
        context.fail(
            "--json goes with one file and without --format.",
            "--json 只用于单个文件，且不能与 --format 同用。",
        )
    found = _find(drill_id)
    if device not in (None, "cpu") and found.backend != "torch":
        context.fail("--device goes with PyTorch drills.", "--device 只用于 PyTorch 题。", USAGE)
    paths = list(solutions) or [_own_file(context, found, drill_id)]
    sources = [read_source(path) for path in paths]
    kept = None if solutions else context.counterexamples()
    with Grader(counterexamples=kept, device=device) as grader:
        reports = [reveal(found, grader.grade(found, source, seed=seed)) for source in sources]
    if not solutions:
        with context.record() as record:
            attempts.record_attempt(record, found, reports[0], sources[0], _now(), reports[0].seconds)
    if form is not None:
        gradings = [Grading(found, path.as_posix(), one) for path, one in zip(paths, reports, strict=True)]
        write_results(form, gradings, output, force, context.language)
    elif as_json:
        click.echo(reports[0].model_dump_json(indent=2))
    else:
        for path, report in zip(paths, reports, strict=True):
            if len(paths) > 1:
                click.echo(f"{path}:")
            tell(found, report, context.bank, context.language)
    if any(report.verdict == "grader_fault" for report in reports):
        raise SystemExit(GRADER_FAULT)
    raise SystemExit(PASSED if all(report.passed for report in reports) else FAILED)


def _own_file(context: Context, found: Drill, drill_id: str) -> Path:
    path = context.files().path(found)
    if not path.exists():
        context.fail(
            f"There is no {path} yet. Begin with: preptrain drill start {drill_id}",
            f"还没有 {path}。先运行：preptrain drill start {drill_id}",
        )
    return path


@drill.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@click.option("-n", "--number", type=click.IntRange(1, 3), help="Which one (default: the next). 第几条提示。")
@pass_context
@plain_errors
def hint(context: Context, drill_id: str, number: int | None) -> None:
    """Show the next hint; hints count. 显示下一条提示（计入评分）。

    Example: preptrain drill hint attention
    """
    found = _find(drill_id)
    with context.record() as record:
        seen = attempts.sitting(record, found).hints
        number = min(number or seen + 1, len(found.hints))
        attempts.show_hint(record, found, number)
    click.echo(f"[{number}/{len(found.hints)}] {found.hints[number - 1][context.language]}")


@drill.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@click.option("--give-up", is_flag=True, help="Show it without a pass; that counts as failed. 放弃并查看。")
@pass_context
@plain_errors
def solution(context: Context, drill_id: str, give_up: bool) -> None:
    """Print the solution, after a pass or after giving up. 通过或放弃后查看参考答案。

    Example: preptrain drill solution attention --give-up
    """
    found = _find(drill_id)
    with context.record() as record:
        if not attempts.may_see_solution(record, found):
            if not give_up:
                context.fail(
                    "Pass the drill first, or add --give-up (it counts as a failed attempt).",
                    "先通过本题，或加 --give-up 放弃（记为未通过）。",
                    USAGE,
                )
            attempts.give_up(record, found, context.files().read(found), _now())
    click.echo(found.solution, nl=False)


@drill.command()
@click.argument("drill_id", metavar="ID", shell_complete=drill_ids)
@pass_context
@plain_errors
def reset(context: Context, drill_id: str) -> None:
    """Put the starter back; your text is backed up first. 恢复起始代码（先备份）。

    Example: preptrain drill reset attention
    """
    backup = context.files().reset(_find(drill_id), _now())
    if backup is not None:
        context.say(f"Your text is kept in {backup}", f"原代码已备份到 {backup}")
    context.say("The starter is back.", "已恢复起始代码。")


@drill.command()
@click.argument("drill_ids", metavar="[ID]...", nargs=-1)
@click.option("--seeds", type=click.IntRange(1, 100), default=1, help="Repeat on other draws. 多组随机种子。")
@click.option("--jobs", type=click.IntRange(1, 64), help="Graders at once (default: the cores). 并行数。")
@pass_context
@plain_errors
def verify(context: Context, drill_ids: tuple[str, ...], seeds: int, jobs: int | None) -> None:
    """Prove the drills: starters fail, solutions pass, mutants are rejected. 验证题目自身。

    Example: preptrain drill verify attention --seeds 3
    """
    from rich.console import Console
    from rich.progress import Progress

    from drills import verify as proving
    from drills.catalog import load_catalog
    from tui.command_line.tables import print_verification

    drills = [_find(drill_id) for drill_id in drill_ids] or list(load_catalog().values())
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verify", total=sum(map(proving.count_trials, drills)))
        progress = lambda _: bar.advance(task)  # noqa: E731
        results = list(proving.verify(drills, seeds=seeds, jobs=jobs, progress=progress))
    print_verification(results)
    for reason in {result.skipped for result in results if result.skipped}:
        click.echo(f"skipped: {reason}")
    problems = [f"{result.drill}: {problem}" for result in results for problem in result.problems]
    for problem in problems:
        click.echo(problem)
    if problems:
        context.fail(f"{len(problems)} problem(s).", f"共 {len(problems)} 处问题。", FAILED)
    skipped = [result for result in results if result.skipped]
    killed = sum(result.killed for result in results)
    context.say(
        f"{len(results) - len(skipped)} drills proved on {seeds} seed(s), {killed} mutants rejected, {len(skipped)} skipped.",
        f"{len(results) - len(skipped)} 道题在 {seeds} 组种子上验证通过，拒绝 {killed} 个 mutant，跳过 {len(skipped)} 道。",
    )
