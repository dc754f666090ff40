"""`preptrain doctor`: what is installed, where things lie, what is missing, and the command that mends it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import click

from quizbank.errors import PlainError
from quizbank.models import Text
from tui.command_line.context import FAILED, Context, pass_context, plain_errors
from tui.command_line.serve import INSTALL_SERVE, SERVE_PACKAGES

State = Literal["fine", "limited", "missing"]
SIGNS: dict[State, str] = {"fine": "✓", "limited": "!", "missing": "✗"}
PACKAGES = ("textual", "rich", "numpy", "pydantic", "hypothesis", "pytest", "fsrs")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `mend` is what to do where it is not fine."""

    id: str
    state: State
    text: Text
    mend: Text | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def doctor(context: Context, as_json: bool) -> None:
    """Tell what works here, what does not, and how to mend it. 检查安装与环境。

    Exit code 1 when something is missing without which a part does not work. Example: preptrain doctor --json
    """
    findings = list(examine(context))
    if as_json:
        rows = [
            {
                "id": one.id,
                "state": one.state,
                "text": one.text.model_dump(),
                "mend": one.mend and one.mend.model_dump(),
            }
            for one in findings
        ]
        click.echo(json.dumps({"version": 1, "findings": rows}, ensure_ascii=False))
    else:
        for one in findings:
            click.echo(f"{SIGNS[one.state]} {one.text[context.language]}")
            if one.mend is not None:
                click.echo(f"    {one.mend[context.language]}")
    if any(one.state == "missing" for one in findings):
        raise SystemExit(FAILED)


def examine(context: Context) -> Iterator[Finding]:
    """Look at everything; no finding raises."""
    version = importlib.metadata.version("preptrain")
    place = (
        f"preptrain {version}, Python {platform.python_version()} ({sys.executable}), {platform.platform()}"
    )
    yield Finding("version", "fine", _same(place))
    yield _packages()
    yield _torch()
    yield _browser()
    yield _protection()
    yield from _home(context)
    yield from _content(context)


def _same(text: str) -> Text:
    return Text(en=text, zh=text)


def _packages() -> Finding:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        names = ", ".join(missing)
        return Finding(
            "packages",
            "missing",
            Text(en=f"Packages missing: {names}", zh=f"缺少依赖包：{names}"),
            _same("pip install --force-reinstall preptrain"),
        )
    return Finding("packages", "fine", _same(", ".join(found)))


def _browser() -> Finding:
    if any(importlib.util.find_spec(name) is None for name in SERVE_PACKAGES):
        text = Text(
            en="No browser: `preptrain serve` needs one more package.",
            zh="不能在浏览器中使用：`preptrain serve` 还需安装一个包。",
        )
        return Finding("browser", "limited", text, _same(INSTALL_SERVE))
    return Finding("browser", "fine", _same(f"textual-serve {importlib.metadata.version('textual-serve')}"))


def _torch() -> Finding:
    from drills.grading.client import INSTALL_TORCH

    if importlib.util.find_spec("torch") is None:
        text = Text(
            en="No PyTorch: quizzes and NumPy drills work, PyTorch drills do not.",
            zh="未安装 PyTorch：可以刷题和做 NumPy 题，不能做 PyTorch 题。",
        )
        return Finding("torch", "limited", text, _same(INSTALL_TORCH))
    return Finding("torch", "fine", _same(f"torch {importlib.metadata.version('torch')}"))


def _protection() -> Finding:
    from drills.grading.sandbox import probe

    if not hasattr(os, "fork"):
        return Finding(
            "grader",
            "missing",
            Text(
                en="Drills cannot be graded: this system has no fork().", zh="无法判题：当前系统没有 fork()。"
            ),
            Text(en="On Windows, use WSL.", zh="Windows 请使用 WSL。"),
        )
    found = probe()
    if found.level == "full":
        text = Text(
            en="Code under test is contained: its own folder, no network, no processes (Landlock, seccomp).",
            zh="被测代码受到完整限制：只能写自己的文件夹，不能联网，不能启动进程（Landlock、seccomp）。",
        )
        return Finding("containment", "fine", text)
    level = Text(
        en=f"Code under test is contained {'in part' if found.level == 'partial' else 'by limits alone'}: grade only files that you trust.",
        zh=f"被测代码{'只受到部分限制' if found.level == 'partial' else '只受资源限额约束'}：请只评判你信任的文件。",
    )
    why = Text(
        en=" ".join(reason.en for reason in found.reasons), zh="".join(reason.zh for reason in found.reasons)
    )
    return Finding("containment", "limited", level, why)


def _home(context: Context) -> Iterator[Finding]:
    from quizbank import locations
    from quizbank.record import Record

    try:
        places = locations.resolve(context.home, context.workspace, create=False)
    except PlainError as error:
        yield Finding("home", "missing", Text(en=error.en, zh=error.zh))
        return
    yield Finding(
        "home",
        "fine",
        Text(
            en=f"Home: {places.home}; drill files: {places.workspace}",
            zh=f"数据文件夹：{places.home}；代码文件夹：{places.workspace}",
        ),
    )
    if not places.record.exists():
        yield Finding("record", "fine", Text(en="No record yet.", zh="还没有学习记录。"))
        return
    try:
        with Record.open(places.record) as record:
            items, answers = len(record.cards()), sum(day.answers for day in record.days())
    except PlainError as error:
        yield Finding("record", "missing", Text(en=error.en, zh=error.zh))
        return
    yield Finding(
        "record",
        "fine",
        Text(
            en=f"Record: {answers} answers on {items} items", zh=f"学习记录：{items} 个条目，{answers} 次作答"
        ),
    )


def _content(context: Context) -> Iterator[Finding]:
    from drills.catalog import load_catalog
    from quizbank.loader import load_bank

    try:
        questions, drills = len(load_bank().questions), len(load_catalog())
    except PlainError as error:
        mend = _same("pip install --force-reinstall preptrain")
        yield Finding("content", "missing", Text(en=error.en, zh=error.zh), mend)
        return
    text = Text(en=f"{questions} questions, {drills} drills", zh=f"{questions} 道问答题，{drills} 道编程题")
    yield Finding("content", "fine", text)
    from quizbank import locations

    folder = locations.resolve(context.home, context.workspace, create=False).bank
    if not folder.is_dir():
        return
    own = load_bank([], own=folder)
    text = Text(
        en=f"Your own bank: {len(own.questions)} questions, {len(own.problems)} problems ({folder})",
        zh=f"你自己的题库：{len(own.questions)} 道题，{len(own.problems)} 处问题（{folder}）",
    )
    if own.problems:
        yield Finding("own_bank", "limited", text, _same("preptrain bank check"))
    else:
        yield Finding("own_bank", "fine", text)
