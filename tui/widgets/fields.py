"""Fields to type in: one line, several lines, and code."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, TextArea

from tui.commands import bindings
from tui.messages import Bilingual, language_of
from tui.text_layout import clean
from tui.widgets.document import Localised


class Field(Input, Localised):
    """One line, with a placeholder in both languages."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("input")]
    DEFAULT_CSS = """
    Field { background: $surface; width: 1fr; max-width: 60; }
    Field:focus { background: $panel; }
    """

    def __init__(self, hint: Bilingual, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.hint = hint

    def on_mount(self) -> None:
        self.language_changed()

    def language_changed(self) -> None:
        self.placeholder = clean(self.hint[language_of(self)])


class Notes(TextArea, Localised):
    """Several lines of words. Escape leaves the page instead of the field; the text is kept."""

    DEFAULT_CSS = """
    Notes {
        background: $surface; border: none; padding: 0 1; height: auto; min-height: 4; max-height: 12;
    }
    Notes:focus { background: $panel; border: none; }
    """

    def __init__(self, hint: Bilingual, *, id: str | None = None) -> None:
        super().__init__(id=id, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        self.hint = hint

    def on_mount(self) -> None:
        self.language_changed()

    def language_changed(self) -> None:
        self.placeholder = Content(clean(self.hint[language_of(self)]))
