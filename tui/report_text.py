"""A grading in words: the verdict, every check, the smallest inputs that fail, what the program said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui import markup
from tui.messages import (
    CHECKING,
    COUNTEREXAMPLE,
    DIAGNOSIS,
    DIFFERENCE,
    FAILED,
    GOT,
    MENDED,
    PASS_FIRST,
    PRINTED,
    SKIPPED,
    TOOK,
    TRACEBACK,
    WANTED,
    Bilingual,
    Language,
    Phrase,
    join,
    same,
)
from tui.text_layout import clean

if TYPE_CHECKING:
    from drills.grading.report import CheckResult, Failure, Report

PRINTED_LINES = 200

_SIGNS = {"passed": ("✓ ", "$text-success"), "failed": ("✗ ", "$text-error"), "not_run": ("· ", markup.MUTED)}
_SAID: dict[str, Phrase] = {"failed": FAILED, "not_run": SKIPPED}


def verdict_line(report: Report) -> Bilingual:
    """A sign and the verdict in words."""
    from drills.grading.report import VERDICT_TEXT

    sign = "✓ " if report.passed else "✗ "
    return join("", same(sign), VERDICT_TEXT[report.verdict])


def running(checks: Sequence[CheckResult], language: Language) -> tuple[markup.Block, ...]:
    """While the checks run: those that have been made."""
    head = markup.Paragraph(Content.styled(CHECKING[language], "bold $text-warning"))
    return (head, *_checks(checks, language))


def result(report: Report, language: Language) -> tuple[markup.Block, ...]:
    """The whole result."""
    from drills.grading.report import PROTECTION_TEXT

    colour = "bold $text-success" if report.passed else "bold $text-error"
    took = TOOK.format(seconds=f"{report.seconds:.1f}")[language]
    if report.protection is not None:
        took += f"  ·  {PROTECTION_TEXT[report.protection][language]}"
    parts: list[markup.Block] = [
        markup.Paragraph(
            Content.assemble((verdict_line(report)[language], colour), (f"  ·  {took}", markup.MUTED))
        )
    ]
    if report.passed:
        parts.append(markup.Paragraph(Content(PASS_FIRST[language])))
        if report.diagnosis is not None:
            parts.append(_heading(MENDED[language]))
            parts += markup.blocks(report.diagnosis.text[language])
    if report.failure is not None:
        failed = next((check for check in report.checks if check.id == report.failure.check), None)
        if failed is not None:
            said = markup.inline(clean(failed.text[language]))
            parts.append(_Signed(Content.styled("✗ ", "$text-error"), said.stylize("bold"), gap=True))
        if report.diagnosis is not None:
            parts.append(_heading(DIAGNOSIS[language]))
            parts += markup.blocks(report.diagnosis.text[language])
        parts += _failure(report.failure, language)
    parts += _checks(report.checks, language)
    if printed := clean(report.output).rstrip():
        lines = printed.split("\n")
        parts.append(_heading(PRINTED[language]))
        shown = lines if len(lines) <= PRINTED_LINES else [*lines[:PRINTED_LINES], "…"]
        parts.append(markup.Code("\n".join(shown), gap=False))
    return tuple(parts)


def _checks(checks: Sequence[CheckResult], language: Language) -> list[markup.Block]:
    parts: list[markup.Block] = []
    for index, check in enumerate(checks):
        said = markup.inline(clean(check.text[language]))
        if check.state in _SAID:
            word = f" ({_SAID[check.state].en})" if language == "en" else f"（{_SAID[check.state].zh}）"
            said = Content.assemble(said, (word, markup.MUTED))
        sign, style = _SIGNS[check.state]
        parts.append(_Signed(Content.styled(sign, style), said, gap=index == 0))
    return parts


def _failure(failure: Failure, language: Language) -> list[markup.Block]:
    parts: list[markup.Block] = [*markup.blocks(failure.message[language])]
    if failure.inputs:
        parts.append(_heading(COUNTEREXAMPLE[language]))
        values = "\n".join(_assigned(value.name, value.shown) for value in failure.inputs)
        parts.append(markup.Code(values, "python", gap=False))
    for title, value in ((WANTED, failure.expected), (GOT, failure.actual)):
        if value is not None:
            parts.append(_heading(title[language]))
            parts.append(markup.Code(clean(value.shown), "python", gap=False))
    if failure.difference:
        parts.append(_heading(DIFFERENCE[language]))
        parts.append(markup.Code(clean(failure.difference), gap=False))
    if failure.traceback:
        parts.append(_heading(TRACEBACK[language]))
        parts.append(markup.Code(clean(failure.traceback).rstrip(), gap=False))
    return parts


def _assigned(name: str, shown: str) -> str:
    """`name = value`, the further lines of the value under its first."""
    lead = f"{clean(name)} = "
    return lead + clean(shown).replace("\n", "\n" + " " * len(lead))


def _heading(text: str) -> markup.Paragraph:
    return markup.Paragraph(Content.styled(text, "bold $text-primary"))


class _Signed:
    """A line behind a coloured sign."""

    def __init__(self, sign: Content, content: Content, gap: bool) -> None:
        self.sign, self.content, self.gap = sign, content, gap

    def lines(self, width: int) -> list[Content]:
        indent = self.sign.cell_length
        return [
            Content.assemble(self.sign if index == 0 else " " * indent, line)
            for index, line in enumerate(markup.wrap(self.content, max(width - indent, 4)))
        ]
