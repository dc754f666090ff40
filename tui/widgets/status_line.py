"""The line above the key hints: what to do, what is wrong with the input, or how the answer was."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len
from textual.content import Content

from tui.keys import LABELS
from tui.messages import HOW_SURE, SURE_1, SURE_2, SURE_3, Bilingual, Language, language_of, same
from tui.text_layout import clean, shorten, wrap
from tui.widgets.document import Line, Localised

Tone = Literal["quiet", "warning", "right", "partly", "wrong"]

_STYLES: dict[Tone, str] = {
    "quiet": "$text-muted",
    "warning": "bold $text-warning",
    "right": "bold $text-success",
    "partly": "bold $text-warning",
    "wrong": "bold $text-error",
}
_SURE = ((SURE_1, "quiz.sure_1"), (SURE_2, "quiz.sure_2"), (SURE_3, "quiz.sure_3"))


class StatusLine(Localised):
    """One line, more only for a long message; on its right, before the answer, how sure the learner is."""

    DEFAULT_CSS = """
    StatusLine { dock: bottom; height: auto; max-height: 4; margin: 0 0 1 0; padding: 0 3; }
    .-short StatusLine { padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.text: Bilingual = same("")
        self.tone: Tone = "quiet"
        self.confidence: int | None = None
        self.asks_confidence = False

    def say(self, text: Bilingual, tone: Tone = "quiet") -> None:
        self.text, self.tone = text, tone
        self.refresh(layout=True)

    def ask_confidence(self, confidence: int | None, *, ask: bool = True) -> None:
        self.confidence, self.asks_confidence = confidence, ask
        self.refresh()

    def render(self) -> Line:
        return Line(self._drawn)

    def _drawn(self, width: int) -> Content:
        language = language_of(self)
        said = ("! " if self.tone == "warning" else "") + clean(self.text[language])
        sure = Content("")
        if self.asks_confidence:
            # In full where there is room, else short; what to do and what is wrong come first.
            room = width - cell_len(said) - 2
            drawn = (self._sure(language), self._sure_short(language))
            sure = next((one for one in drawn if one.cell_length <= room), sure)
        if self.tone == "warning" and cell_len(said) > width > 0:
            return Content.styled("\n".join(wrap(said, width)), _STYLES[self.tone])
        said = shorten(said, width - sure.cell_length)
        gap = max(0, width - cell_len(said) - sure.cell_length)
        return Content.assemble((said, _STYLES[self.tone]), " " * gap, sure)

    def _sure_short(self, language: Language) -> Content:
        if self.confidence is None:
            keys = " ".join(LABELS[command] for _, command in _SURE)
            return Content.assemble((HOW_SURE[language] + " ", "$text-muted"), (keys, "$text-accent"))
        return Content.assemble(
            (HOW_SURE[language] + " ", "$text-muted"), (_SURE[self.confidence - 1][0][language], "bold")
        )

    def _sure(self, language: Language) -> Content:
        parts: list[tuple[str, str]] = [(HOW_SURE[language], "$text-muted")]
        for level, (name, command) in enumerate(_SURE, 1):
            chosen = level == self.confidence
            parts.append((f"  {LABELS[command]} ", "$text-accent"))
            parts.append((f"{'●' if chosen else '○'} {name[language]}", "bold" if chosen else "$text-muted"))
        return Content.assemble(*parts)
