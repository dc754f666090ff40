"""Fields to type in: one line, several lines, and code."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.commands import bindings
from tui.messages import Bilingual, language_of
from tui.text_layout import clean
from tui.widgets.document import Localised


class InOrder:
    """Mixed into a widget, keeps the order of keys.

    Textual writes a typed or pasted text at once, but runs a binding (End, Page Down) only after its key has
    gone up to the app and back: what comes in one read, over a slow line, would be put in the wrong place.
    """

    # No Widget by inheritance: Textual takes styles and bindings from the first base that is one.
    async def _on_key(self, event: events.Key) -> None:
        assert isinstance(self, Widget)
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return


class Field(InOrder, Input, Localised):
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


class Notes(InOrder, TextArea, Localised):
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
