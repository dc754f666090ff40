"""Which pane of the workbench is shown, and the keys of the others."""

from __future__ import annotations

from typing import Literal

from textual.content import Content

from tui.commands import BY_ID
from tui.messages import CODE, PROMPT, RESULT, Phrase, language_of
from tui.widgets.document import Localised

Pane = Literal["prompt", "code", "result"]

_PANES: tuple[tuple[Pane, Phrase], ...] = (("prompt", PROMPT), ("code", CODE), ("result", RESULT))


class PaneTabs(Localised):
    """One line of tabs."""

    DEFAULT_CSS = """
    PaneTabs { dock: top; height: 1; padding: 0 2; margin: 1 0 0 0; background: $background; }
    .-short PaneTabs { padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.pane: Pane = "prompt"
        self.shown: frozenset[Pane] = frozenset({"prompt"})

    def show(self, pane: Pane, wide: bool, left: Pane) -> None:
        self.pane = pane
        self.shown = frozenset({left, "code"}) if wide else frozenset({pane})
        self.refresh()

    def render(self) -> Content:
        language = language_of(self)
        pieces = []
        for name, title in _PANES:
            key = BY_ID[f"workbench.{name}"].key_label()
            style = "bold underline" if name == self.pane else "bold" if name in self.shown else "$text-muted"
            pieces.append(Content.assemble((key, "$text-accent"), " ", (title[language], style)))
        return Content("    ").join(pieces)
