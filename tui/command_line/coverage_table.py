"""What the bank covers, as a table: topics by kinds and languages, with the syllabus's minimum."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from quizbank.coverage import LANGUAGES, Coverage, Promise, TopicCoverage
from quizbank.models import Language
from tui.messages import KIND_NAMES

NAMES: dict[Language, dict[Language, str]] = {"en": {"en": "en", "zh": "zh"}, "zh": {"en": "英", "zh": "中"}}


def print_coverage(found: Coverage, language: Language, *, every: bool) -> None:
    """Topics that are short, or all of them; then the whole bank."""
    zh = language == "zh"
    # Wide enough for every column: what does not fit is for the pager, not cut off.
    console = Console(highlight=False, markup=False, width=150)
    rows = [topic for topic in found.topics if every or topic.short]
    if rows:
        first = ("", "方向", "主题", "题数", "至少") if zh else ("", "track", "topic", "have", "need")
        kinds = list(KIND_NAMES)
        headings = (*first, *(KIND_NAMES[kind][language] for kind in kinds), *NAMES[language].values())
        table = Table(*headings, box=None, padding=(0, 1, 0, 0), header_style="bold")
        for column in table.columns[3:]:
            column.justify, column.no_wrap = "right", True
        for topic in rows:
            table.add_row(*_row(topic, kinds, language))
        console.print(table)
        console.print()
    levels = ", ".join(f"{level}: {count}" for level, count in found.difficulties.items())
    console.print(f"难度 {levels}" if zh else f"Difficulty {levels}")
    for promise in found.promises:
        console.print(_line(promise, language))
    console.print(
        f"共 {found.questions} 道题，还缺 {found.short} 道。"
        if zh
        else f"{found.questions} questions; {found.short} missing."
    )


def _row(topic: TopicCoverage, kinds: list[str], language: Language) -> list[str]:
    counts = [str(topic.kinds[kind]) if kind in topic.kinds else "·" for kind in kinds]
    spoken = [str(topic.languages[one]) for one in LANGUAGES_SHOWN]
    sign = "!" if topic.short else "✓"
    head = [sign, topic.track, topic.title[language], str(topic.questions), str(topic.needed)]
    return head + counts + spoken


LANGUAGES_SHOWN: tuple[Language, ...] = tuple(sorted(LANGUAGES))


def _line(promise: Promise, language: Language) -> str:
    bound = {"en": ("at least", "at most"), "zh": ("至少", "至多")}[language][promise.most]
    sign = "✓" if promise.kept else "!"
    if language == "zh":
        return f"{sign} {promise.name.zh}：{promise.have}（{bound} {promise.limit}）"
    return f"{sign} {promise.name.en}: {promise.have} ({bound} {promise.limit})"
