"""What the page of the mock interview shows before one begins: the unfinished one, and the earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from quizbank.interviews import Interview, change
from tui import markup
from tui.messages import MINUTES as LASTING
from tui.messages import ROLE_NAMES, Bilingual, Language, join, same
from tui.mock_messages import ASIDE, LEFT_OUT, MOCK_EARLIER, OFFER, OFFER_FACTS, OFFER_KEPT
from tui.mock_session import MockRun

if TYPE_CHECKING:
    from tui.mock_resuming import Found


def clock(seconds_left: float) -> str:
    """Minutes and seconds; below zero when it has run over."""
    seconds = round(seconds_left)
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 60}:{seconds % 60:02}"


def facts(run: MockRun) -> Bilingual:
    """How far it got; nothing of how well."""
    return OFFER_FACTS.format(
        began=f"{run.began:%Y-%m-%d %H:%M}",
        minutes=LASTING.format(minutes=run.minutes),
        role=ROLE_NAMES.get(run.role, same(run.role or "")),
        place=run.place,
        steps=len(run.steps),
        clock=clock(run.seconds_left),
    )


def unfinished(found: Found, run: MockRun) -> Bilingual:
    """As Markdown: what can be gone on with, and what of it went."""
    return join("\n\n", OFFER, facts(run), OFFER_KEPT, *losses(found))


def losses(found: Found) -> list[Bilingual]:
    """What the learner should know of what is no longer in it."""
    said: list[Bilingual] = []
    if found.left_out:
        said.append(LEFT_OUT.format(count=found.left_out))
    if found.aside is not None:
        said.append(ASIDE.format(path=str(found.aside)))
    return said


def earlier(found: Sequence[Interview], language: Language) -> tuple[markup.Block, ...]:
    """The last interviews, and how each compares with the one before."""
    if not found:
        return ()
    rows = [markup.Paragraph(Content.styled(MOCK_EARLIER[language], "bold $text-primary"))]
    for one in reversed(found[-8:]):
        moved = change(one, found)
        said = "" if moved is None else f"  {moved * 100:+.0f}"
        role = ROLE_NAMES.get(one.role, same(""))[language]
        minutes = LASTING.format(minutes=one.minutes)[language]
        text = f"{one.began[:16].replace('T', ' ')}  {minutes}  {role}"
        rows.append(
            markup.Paragraph(
                Content.assemble(text, (f"  {one.score:.0%}", "bold"), (said, markup.MUTED)), gap=False
            )
        )
    return tuple(rows)
