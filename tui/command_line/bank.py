"""`preptrain bank`: check, describe and print the question bank."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tui.command_line.context import FAILED, Context, pass_context, plain_errors


@click.group()
def bank() -> None:
    """Check and print question banks. 检查与导出题库。"""


@bank.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--lint", is_flag=True, help="Also report what makes a question bad. 同时检查题目质量。")
@pass_context
@plain_errors
def check(context: Context, paths: tuple[Path, ...], lint: bool) -> None:
    """Validate the bank, or the files and folders given. 校验题库或指定文件。

    Every problem is told at once as file:line:column. Example: preptrain bank check my-bank.yaml
    """
    from quizbank.lint import lint as lint_bank
    from quizbank.loader import load_bank
    from quizbank.problems import BankError

    try:
        loaded = load_bank(paths or None)
    except BankError as error:
        for problem in error.problems:
            click.echo(str(problem))
        context.fail(f"{len(error.problems)} problem(s).", f"共 {len(error.problems)} 处问题。", FAILED)
    errors = 0
    if lint:
        for problem in lint_bank(loaded, **known_drills()):
            click.echo(f"{problem.severity}: {problem}")
            errors += problem.severity == "error"
    if errors:
        context.fail(f"{errors} error(s).", f"共 {errors} 处错误。", FAILED)
    count = len(loaded.questions)
    context.say(f"{count} questions, all in order.", f"{count} 道题，全部正确。")


def known_drills() -> dict[str, Any]:
    """The ids that questions may refer to: drills, and mutants as drill/mutant."""
    from drills.catalog import load_catalog
    from drills.mutants import load_mutants

    catalog = load_catalog()
    mutants = {f"{drill.id}/{mutant.id}" for drill in catalog.values() for mutant in load_mutants(drill)}
    return {"drills": set(catalog), "mutants": mutants}


@bank.command()
def schema() -> None:
    """Print the JSON Schema of a bank file. 打印题库文件的 JSON Schema。

    Example: preptrain bank schema > preptrain.schema.json
    """
    from quizbank.loader import json_schema

    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@bank.command()
@click.option("--json", "as_json", is_flag=True, required=True, help="Print JSON. 输出 JSON。")
@pass_context
def dump(context: Context, as_json: bool) -> None:
    """Print every question as data. 以数据形式打印所有题目。

    Example: preptrain bank dump --json | jq '.questions | length'
    """
    from quizbank.loader import load_bank

    loaded = load_bank()
    questions = [
        {**question.model_dump(mode="json"), "track": loaded.track_of[question.id]}
        for question in loaded.questions.values()
    ]
    click.echo(json.dumps({"questions": questions}, ensure_ascii=False))


@bank.command()
@click.option("--all", "every", is_flag=True, help="List every topic. 列出所有主题。")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def coverage(context: Context, every: bool, as_json: bool) -> None:
    """Tell which topics are short of questions. 查看各主题的题目数量，以及还缺哪些。

    Example: preptrain bank coverage --all
    """
    from quizbank.coverage import coverage as cover
    from quizbank.loader import load_bank
    from quizbank.syllabus import load_syllabus

    found = cover(load_bank(), load_syllabus())
    if as_json:
        topics = [
            {**asdict(topic), "title": topic.title.model_dump(), "short": topic.short}
            for topic in found.topics
        ]
        totals = {"kinds": found.kinds, "difficulties": found.difficulties, "short": found.short}
        click.echo(json.dumps({"version": 1, **totals, "topics": topics}, ensure_ascii=False))
        return
    for topic in found.topics:
        if every or topic.short:
            count = f"{topic.questions}/{topic.needed}"
            click.echo(
                f"{'!' if topic.short else '✓'} {topic.track:14}{count:>6}  {topic.title[context.language]}"
            )
    click.echo("  ".join(f"{kind} {count}" for kind, count in found.kinds.items()))
    context.say(
        f"{found.questions} questions; {found.short} missing.",
        f"共 {found.questions} 道题，还缺 {found.short} 道。",
    )


@bank.command()
@click.argument("question_id", metavar="ID")
@click.option("--answer", is_flag=True, help="Explanation and source too. 同时显示解析与出处。")
@click.option("--seed", type=click.IntRange(0), default=0, help="Other numbers are drawn. 更换随机数字。")
@pass_context
@plain_errors
def show(context: Context, question_id: str, answer: bool, seed: int) -> None:
    """Print one question. 显示一道题。

    Example: preptrain bank show attention-scale-reason --answer
    """
    from quizbank.asking import ask
    from quizbank.loader import load_bank

    question = load_bank().questions.get(question_id)
    if question is None:
        context.fail(f"There is no question {question_id}.", f"没有题目 {question_id}。")
    asked = ask(question, seed)
    click.echo(asked.stem[context.language])
    for number, option in enumerate(getattr(question, "options", []), 1):
        click.echo(f"  {number}. {option.text[context.language]}")
    if answer:
        click.echo(f"\n{asked.explanation[context.language]}")
        for source in question.sources:
            click.echo(f"  {source.title} {source.where or ''} {source.url or ''}".rstrip())
