"""Tables that commands print, drawn by rich, which knows the width of Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText

if TYPE_CHECKING:
    from drills.catalog import Drill
    from drills.cohort.outcomes import DrillTally, Person
    from drills.grading.report import Report
    from drills.verify import Verification
    from quizbank.goals import Goal, Outlook
    from quizbank.models import Language, Question
    from quizbank.statistics import Summary

MARK = {"passed": "✓", "failed": "✗", "not_run": "·"}


def _table(*headings: str) -> Table:
    return Table(*headings, box=None, padding=(0, 2, 0, 0), header_style="bold", highlight=False)


def _console() -> Console:
    return Console(highlight=False, markup=False, soft_wrap=False)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _in_order(tracks: Mapping[str, object], titles: Mapping[str, str]) -> list[str]:
    """The syllabus's tracks first, in its order, then those of a person's own questions."""
    return [name for name in titles if name in tracks] + sorted(tracks.keys() - titles.keys())


def print_stats(found: Summary, language: Language) -> None:
    """The summary of a record."""
    from quizbank.syllabus import load_syllabus

    zh, now, console = language == "zh", found.glance, _console()
    console.print(
        f"今天 {now.answers_today} 次作答，{now.minutes_today:.0f} 分钟 · 连续 {now.streak} 天 · 待复习 {found.due_now}"
        if zh
        else f"Today {now.answers_today} answers, {now.minutes_today:.0f} min · streak {now.streak} days · due {found.due_now}"
    )
    console.print(
        f"编程题：通过 {found.drills_solved} / 尝试 {found.drills_attempted} / 共 {found.drills_total}"
        if zh
        else f"Drills: {found.drills_solved} solved, {found.drills_attempted} tried, {found.drills_total} in all"
    )
    console.print()
    headings = (
        ("方向", "已见", "正确率", "预计掌握", "到期")
        if zh
        else ("track", "seen", "correct", "recall", "due")
    )
    table = _table(*headings)
    titles = {track.id: track.title[language] for track in load_syllabus().tracks}
    for name in _in_order(found.tracks, titles):
        row = found.tracks[name]
        seen = f"{row.seen}/{row.total}"
        title = RichText(titles.get(name, name))
        table.add_row(title, seen, _percent(row.correct_share), _percent(row.recall), str(row.due))
    console.print(table)


def print_goal(goal: Goal, left: int, rows: Mapping[str, Outlook], language: Language) -> None:
    """What the interview date means for each track."""
    from quizbank.syllabus import load_syllabus

    zh, console = language == "zh", _console()
    role = f" · {goal.role}" if goal.role else ""
    console.print(
        f"面试 {goal.day}{role}：还有 {left} 天" if zh else f"Interview on {goal.day}{role}: {left} days left"
    )
    console.print()
    headings = (
        ("方向", "考前再看", "可考后看", "新题", "每天新题", "就此停下", "按计划")
        if zh
        else ("track", "before", "can wait", "new", "new a day", "if you stop", "on plan")
    )
    table = _table(*headings)
    titles = {track.id: track.title[language] for track in load_syllabus().tracks}
    for name in _in_order(rows, titles):
        row = rows[name]
        counts = map(str, (row.before, row.after, row.new, row.pace))
        title = RichText(titles.get(name, name))
        table.add_row(title, *counts, _percent(row.if_stopped), _percent(row.if_kept))
    console.print(table)
    console.print(
        "「就此停下」「按计划」：面试当天预计能答对的比例。"
        if zh
        else "The last two: the share expected to be known on the day."
    )


def print_drills(drills: Iterable[Drill], states: Mapping[str, str], language: Language) -> None:
    """The catalogue with the learner's state."""
    zh = language == "zh"
    words = {
        "new": ("new", "未做"),
        "tried": ("tried", "做过"),
        "solved": ("solved", "已通过"),
    }
    table = _table(*(("题目", "名称", "难度", "状态") if zh else ("id", "title", "level", "state")))
    table.columns[0].no_wrap = True
    for drill in drills:
        table.add_row(drill.id, drill.title[language], "●" * drill.difficulty, words[states[drill.id]][zh])
    _console().print(table)


def print_report(report: Report, language: Language, explained_by: Question | None = None) -> None:
    """A verdict as a person reads it, and the question that explains it."""
    from drills.grading.report import PROTECTION_TEXT, VERDICT_TEXT

    zh, console = language == "zh", _console()
    sign = "✓" if report.passed else "✗"
    took = f"{report.seconds:.2f} s"
    if report.protection is not None:
        took += f", {PROTECTION_TEXT[report.protection][language]}"
    console.print(RichText(f"{sign} {VERDICT_TEXT[report.verdict][language]}  ({took})", style="bold"))
    if report.again is not None:
        zh_word, en_word = (
            ("这次成立", "holds now") if report.again.holds else ("这次仍不成立", "still fails")
        )
        console.print(f"  上次的反例：{zh_word}" if zh else f"  The last counterexample {en_word}.")
    for check in report.checks:
        console.print(f"  {MARK[check.state]} {check.text[language]}")
    if (failure := report.failure) is not None:
        console.print()
        console.print(RichText(failure.message[language], style="bold"))
        for label, value in (
            *((item.name, item) for item in failure.inputs),
            ("应为" if zh else "expected", failure.expected),
            ("实际" if zh else "actual", failure.actual),
        ):
            if value is not None:
                console.print(f"  {label} =")
                console.print(_indent(value.shown))
        if failure.difference:
            console.print(f"  {failure.difference}")
        if failure.traceback:
            console.print(_indent(failure.traceback))
    if report.diagnosis is not None:
        console.print()
        if report.passed:
            lead = "你改好的错误：" if zh else "The mistake that you mended: "
        else:
            lead = (
                "你的代码与含有这个错误的实现结果一致："
                if zh
                else "Your results are those of code with this mistake: "
            )
        console.print(RichText(lead + report.diagnosis.text[language], style="bold"))
    if explained_by is not None:
        lead = "相关题目：" if zh else "A question on this: "
        console.print(f"{lead}preptrain bank show {explained_by.id}")
    if report.output:
        console.print("程序输出：" if zh else "Printed:")
        console.print(_indent(report.output))


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip("\n").splitlines())


def print_verification(results: Iterable[Verification]) -> None:
    """The proof of the drills, a line each."""
    table = _table("drill", "mutants killed", "diagnosed", "alternatives", "seconds", "")
    table.columns[0].no_wrap = True
    for result in sorted(results, key=lambda result: result.drill):
        state = (
            f"skipped: {result.skipped}" if result.skipped else ("ok" if not result.problems else "FAILED")
        )
        table.add_row(
            result.drill,
            f"{result.killed}/{result.mutants}",
            str(result.diagnosed),
            f"{result.accepted}/{result.alternatives}",
            f"{result.seconds:.1f}",
            state,
        )
    _console().print(table)


SHOWN_PEOPLE = 40


def print_class(tallies: Iterable[DrillTally], people: Iterable[Person], language: Language) -> None:
    """What a class handed in, by drill and by person; of many people only the first."""
    from itertools import islice

    zh, console = language == "zh", _console()
    table = _table(
        *(
            ("题目", "提交", "通过", "", "最常见的错误")
            if zh
            else ("drill", "files", "solved", "", "most often wrong")
        )
    )
    table.columns[0].no_wrap = True
    for tally in tallies:
        said = tally.mistakes_made() or tally.checks_failed()
        often = f"{said[0][1]}× {said[0][0][language]}" if said else ""
        table.add_row(
            tally.drill.id, str(tally.submitted), str(tally.solved), _percent(tally.share), RichText(often)
        )
    console.print(table)
    console.print()
    rows = iter(people)
    table = _table(*(("姓名", "通过", "未通过") if zh else ("person", "solved", "not yet")))
    for person in islice(rows, SHOWN_PEOPLE):
        missed = ", ".join(one.submission.drill for one in person.outcomes if one.verdict != "pass")
        table.add_row(RichText(person.name), f"{person.solved}/{len(person.outcomes)}", RichText(missed))
    console.print(table)
    if more := sum(1 for _ in rows):
        console.print(f"……另有 {more} 人，见 results.csv" if zh else f"… and {more} more, in results.csv")
