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
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--pack", is_flag=True, help="A folder with a manifest, to hand on. 新建可分享的题包文件夹。")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path), help="Where (default: your bank). 放在哪个文件夹。"
)
@click.option("--track", help="The file's track, such as my-notes. 题目的方向。")
@pass_context
@plain_errors
def new(context: Context, name: str | None, pack: bool, folder: Path | None, track: str | None) -> None:
    """Begin a file of your own questions, or a pack. 新建自己的题目文件或题包。

    It has an example of three kinds, comments, and the schema line for your editor.
    Example: preptrain bank new my-notes
    """
    import re
    from datetime import date

    from quizbank.bank_files import RESERVED
    from quizbank.models import SLUG
    from quizbank.starting import start_file, start_pack

    name = name or ("my-pack" if pack else "my-questions")
    for word in (name, track or name):
        if not re.fullmatch(SLUG, word):
            context.fail(
                f"{word!r} is no name: a-z, 0-9 and single hyphens, such as my-notes.",
                f"{word!r} 不能作名字：只用小写字母、数字和单个连字符，例如 my-notes。",
            )
    if pack and name in RESERVED:
        context.fail(f"{name!r} is a name of preptrain's.", f"{name!r} 是 preptrain 的保留名。")
    home = folder or context.places().bank
    if pack:
        main, *_ = start_pack(home / name, name, date.today())
    else:
        main, *_ = start_file(home / f"{name}.yaml", track or name, date.today())
    context.say(f"Written: {main}", f"已写入：{main}")
    if folder is None:
        context.say(
            "Its questions are asked with the others. After a change: preptrain bank check",
            "其中的题目会和其他题目一起出现。修改后请运行：preptrain bank check",
        )
    else:
        context.say(
            f"After a change: preptrain bank check {home}", f"修改后请运行：preptrain bank check {home}"
        )


@bank.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--lint", is_flag=True, help="Also report what makes a question bad. 同时检查题目质量。")
@pass_context
@plain_errors
def check(context: Context, paths: tuple[Path, ...], lint: bool) -> None:
    """Validate the bank and your own, or what is given. 校验题库或指定的文件、文件夹、题包。

    Every problem is told at once as file:line:column. Example: preptrain bank check my-bank.yaml
    """
    from quizbank import locations
    from quizbank.lint import lint as lint_bank
    from quizbank.loader import load_bank
    from quizbank.problems import BankError

    own = locations.resolve(context.home, context.workspace, create=False).bank
    loaded = None
    try:
        loaded = load_bank(paths) if paths else load_bank(own=own)
        problems = loaded.problems
    except BankError as error:
        problems = error.problems
    for problem in problems:
        click.echo(problem.shown(context.language))
    errors = 0
    if lint and loaded is not None:
        names = {"error": "错误", "warning": "警告"} if context.language == "zh" else {}
        for problem in lint_bank(loaded, **known_drills()):
            severity = names.get(problem.severity, problem.severity)
            click.echo(f"{severity}: {problem.shown(context.language)}")
            errors += problem.severity == "error"
    if loaded is None or problems:
        found = len(problems) + errors
        context.fail(f"{found} problem(s).", f"共 {found} 处问题。", FAILED)
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
@click.option(
    "--of",
    "name",
    type=click.Choice(["bank", "facts", "manifest"]),
    default="bank",
    help="Which file. 哪种文件。",
)
def schema(name: str) -> None:
    """Print the JSON Schema of a bank file, for editors. 打印题库文件的 JSON Schema，供编辑器使用。

    Example: preptrain bank schema > preptrain.schema.json
    """
    from quizbank.loader import json_schema

    click.echo(json.dumps(json_schema(name), ensure_ascii=False, indent=2))


@bank.command()
@click.option("--json", "as_json", is_flag=True, required=True, help="Print JSON. 输出 JSON。")
@pass_context
def dump(context: Context, as_json: bool) -> None:
    """Print every question as data. 以数据形式打印所有题目。

    Example: preptrain bank dump --json | jq '.questions | length'
    """
    loaded = context.bank()
    questions = [
        {**question.model_dump(mode="json"), "track": loaded.track_of[question.id]}
        for question in loaded.questions.values()
    ]
    click.echo(json.dumps({"questions": questions}, ensure_ascii=False))


@bank.command()
@click.option("--all", "every", is_flag=True, help="List every topic. 列出所有主题。")
@click.option("--strict", is_flag=True, help="Exit with 1 where something is short. 有缺口则以 1 退出。")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def coverage(context: Context, every: bool, strict: bool, as_json: bool) -> None:
    """Tell which topics are short of questions. 查看各主题的题目数量，以及还缺哪些。

    A table of topics by kinds and languages. Example: preptrain bank coverage --all
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
        promises = [
            {**asdict(one), "name": one.name.model_dump(), "kept": one.kept} for one in found.promises
        ]
        totals = {"kinds": found.kinds, "difficulties": found.difficulties, "short": found.short}
        data = {"version": 1, **totals, "promises": promises, "topics": topics}
        click.echo(json.dumps(data, ensure_ascii=False))
    else:
        from tui.command_line.coverage_table import print_coverage

        print_coverage(found, context.language, every=every)
    if strict and not found.kept:
        raise SystemExit(FAILED)


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

    question = context.bank().questions.get(question_id)
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
