"""What is said after an answer: the verdict in words and a sign, the details, the explanation, sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from quizbank.models import Cloze, Recall, Snippet
from tui import markup
from tui.messages import (
    BUILD_IT,
    EXPECTED,
    EXPLANATION,
    FOLLOW_UP_HIDDEN,
    FOLLOW_UPS,
    PARTLY,
    RETURNS,
    RETURNS_IN,
    RETURNS_TODAY,
    RETURNS_TOMORROW,
    RIGHT,
    SOURCES,
    WRONG,
    Bilingual,
    Language,
    join,
)
from tui.text_layout import clean

if TYPE_CHECKING:
    from drills.catalog import Drill
    from quizbank.answering import Feedback
    from quizbank.asking import Asked
    from quizbank.models import FollowUp
    from tui.widgets.status_line import Tone


def verdict(feedback: Feedback, days: int, asked_again: bool) -> tuple[Bilingual, Tone]:
    """One line: right or wrong, and when the question returns."""
    tone: Tone
    if feedback.correct:
        text, tone = RIGHT, "right"
    elif feedback.score > 0:
        text, tone = PARTLY.format(percent=round(feedback.score * 100)), "partly"
    else:
        text, tone = WRONG, "wrong"
    if asked_again:
        return join("  ·  ", text, RETURNS_TODAY), tone
    when = RETURNS_TOMORROW if days <= 1 else RETURNS_IN.format(days=days)
    return join("  ·  ", text, RETURNS.format(when=when)), tone


@dataclass
class Explained:
    """The text under an answered question."""

    asked: Asked
    feedback: Feedback
    drills: list[Drill] = field(default_factory=list)
    shows_parts: bool = False
    unanswered: bool = False
    shows_follow_ups: bool = False

    @property
    def follow_ups(self) -> list[FollowUp]:
        """What the interviewer asks after such an answer."""
        question = self.asked.question
        if not isinstance(question, Recall):
            return []
        after = "good" if self.feedback.correct else "weak"
        return [follow_up for follow_up in question.follow_ups if follow_up.after == after]

    @property
    def hides_follow_ups(self) -> bool:
        return bool(self.follow_ups) and not self.shows_follow_ups

    def blocks(self, language: Language) -> tuple[markup.Block, ...]:
        parts: list[markup.Block] = []
        if self.shows_parts:
            parts += self._parts(language)
        if not (isinstance(self.asked.question, Recall) and self.feedback.expected == self.asked.explanation):
            parts.append(_heading(EXPLANATION[language]))
        else:
            parts.append(_heading(EXPECTED[language]))
        parts += markup.blocks(self.asked.explanation[language], markup.SHORT_LINE)
        parts += self._follow_ups(language)
        if self.drills:
            parts.append(_heading(BUILD_IT[language]))
            parts += [_line(f"{drill.title[language]}", "B ") for drill in self.drills[:1]]
        parts.append(_heading(SOURCES[language]))
        for source in self.asked.question.sources:
            said = ", ".join(clean(part) for part in (source.title, source.where or "") if part)
            parts.append(markup.Paragraph(Content.styled(said, markup.MUTED), gap=False))
            if source.url:
                parts.append(markup.Paragraph(Content.styled(clean(source.url), markup.MUTED), gap=False))
        return tuple(parts)

    def _parts(self, language: Language) -> list[markup.Block]:
        """What was right or wrong, line by line, and the right answer where that does not say it."""
        parts: list[markup.Block] = []
        for part in self.feedback.parts:
            sign, style = ("✓ ", "$text-success") if part.ok else ("✗ ", "$text-error")
            said = Content.assemble((sign, style), self._numbered(clean(part.text[language])))
            parts.append(markup.Paragraph(said, gap=False))
        if self.unanswered or (isinstance(self.asked.question, Snippet) and not self.feedback.correct):
            parts.append(_heading(EXPECTED[language]))
            expected = clean(self.feedback.expected[language])
            if isinstance(self.asked.question, Snippet):
                parts.append(markup.Code(expected, gap=False))
            else:
                lines = [self._numbered(line) for line in expected.split("\n")]
                parts.append(markup.Paragraph(markup.inline("\n".join(lines)), gap=False))
        return parts

    def _numbered(self, said: str) -> str:
        """A line about a gap: by its number, which the learner sees, in place of its name in the file."""
        question = self.asked.question
        if isinstance(question, Cloze):
            for number, name in enumerate(question.blanks, 1):
                for colon in (": ", "："):
                    if said.startswith(name + colon):
                        return f"({number}) " + said.removeprefix(name + colon)
        return said

    def _follow_ups(self, language: Language) -> list[markup.Block]:
        if not self.follow_ups:
            return []
        parts: list[markup.Block] = [_heading(FOLLOW_UPS[language])]
        for follow_up in self.follow_ups:
            parts += markup.blocks(follow_up.ask[language], markup.SHORT_LINE)
            if self.shows_follow_ups:
                answer = markup.blocks(follow_up.answer[language], markup.SHORT_LINE)
                parts += [_indented(block) for block in answer]
        if not self.shows_follow_ups:
            parts.append(_line(FOLLOW_UP_HIDDEN[language]))
        return parts


def _heading(text: str) -> markup.Paragraph:
    return markup.Paragraph(Content.styled(text, "bold $text-primary"))


def _line(text: str, key: str = "") -> markup.Paragraph:
    said = Content.assemble((key, "bold $text-accent"), clean(text))
    return markup.Paragraph(said if key else said.stylize("$text-muted"), gap=False)


def _indented(block: markup.Block) -> markup.Block:
    if isinstance(block, markup.Paragraph):
        return markup.Paragraph(block.content.stylize_before("$text-muted"), "  " + block.marker, block.gap)
    return block
