"""Help: the keys that work on the page it was opened from, and everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from tui import markup
from tui.commands import Active
from tui.messages import EVERYWHERE, HELP, HELP_REMARK, THIS_SCREEN, Language
from tui.screens.page import Page
from tui.text_layout import pad
from tui.widgets.document import Document


class HelpScreen(Page):
    """Lists commands; the same objects that made the keys."""

    HEADING = HELP

    def __init__(self, entries: Sequence[Active]) -> None:
        super().__init__()
        self.entries = [entry for entry in entries if entry.command.keys]

    def body(self) -> ComposeResult:
        with VerticalScroll(id="help", classes="body"):
            yield Document(self._text)

    def _text(self, language: Language) -> tuple[markup.Block, ...]:
        here = [entry for entry in self.entries if not entry.command.id.startswith("app.")]
        everywhere = [entry for entry in self.entries if entry.command.id.startswith("app.")]
        keys = max((cell_len(entry.command.key_labels()) for entry in self.entries), default=0)
        parts: list[markup.Block] = []
        for title, entries in ((THIS_SCREEN, here), (EVERYWHERE, everywhere)):
            parts.append(markup.Paragraph(Content.styled(title[language], "bold $text-primary")))
            parts += [_Entry(entry, keys, language) for entry in entries]
        parts += markup.paragraph(HELP_REMARK[language])
        return tuple(parts)


class _Entry:
    """A key and what it does."""

    gap = False

    def __init__(self, entry: Active, keys: int, language: Language) -> None:
        command = entry.command
        self.lead = Content.assemble((pad(command.key_labels(), keys), "bold $text-accent"), "  ")
        self.text = Content(command.help[language])

    def lines(self, width: int) -> list[Content]:
        indent = self.lead.cell_length
        return [
            Content.assemble(self.lead if index == 0 else " " * indent, line)
            for index, line in enumerate(markup.wrap(self.text, max(width - indent, 8)))
        ]
