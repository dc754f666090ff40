"""The line above the key hints: what to do, what is wrong with the input, or how the answer was."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len
from textual.content import Content

from tui.messages import HOW_SURE, SURE_1, SURE_2, SURE_3, Bilingual, Language, language_of, same
from tui.text_layout import clean, shorten
from tui.widgets.document import Localised

Tone = Literal["quiet", "warning", "right", "partly", "wrong"]

_STYLES: dict[Tone, str] = {
    "quiet": "$text-muted",
    "warning": "bold $text-warning",
    "right": "bold $text-success",
    "partly": "bold $text-warning",
    "wrong": "bold $text-error",
}
_SURE = ((SURE_1, "F5"), (SURE_2, "F6"), (SURE_3, "F7"))


class StatusLine(Localised):
    """One line; on its right, before the answer, how sure the learner is."""

    DEFAULT_CSS = """
    StatusLine { dock: bottom; height: 1; margin: 0 0 1 0; padding: 0 3; background: $background; }
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
        self.refresh()

    def ask_confidence(self, confidence: int | None, *, ask: bool = True) -> None:
        self.confidence, self.asks_confidence = confidence, ask
        self.refresh()

    def render(self) -> Content:
        language = language_of(self)
        width = self.content_size.width
        sure = self._sure(language) if self.asks_confidence else Content("")
        said = clean(self.text[language])
        if sure and cell_len(said) + sure.cell_length + 2 > width:
            # What matters more stays: a choice made, or else what to do.
            if self.tone != "quiet" or self.confidence is None or sure.cell_length > width:
                sure = Content("")
            else:
                said = ""
        said = shorten(said, width - sure.cell_length)
        gap = max(0, width - cell_len(said) - sure.cell_length)
        return Content.assemble((said, _STYLES[self.tone]), " " * gap, sure)

    def _sure(self, language: Language) -> Content:
        parts: list[tuple[str, str]] = [(HOW_SURE[language], "$text-muted")]
        for level, (name, key) in enumerate(_SURE, 1):
            chosen = level == self.confidence
            parts.append((f"  {key} ", "$text-accent"))
            parts.append((f"{'●' if chosen else '○'} {name[language]}", "bold" if chosen else "$text-muted"))
        return Content.assemble(*parts)
