"""A command of the app: its key, footer hint, tooltip, palette entry and line on the help page."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding

from tui.keys import key_name
from tui.messages import Phrase

OWN_KEYS: dict[str, str] = {}
"""The learner's keys by command, where they chose others; `tui.commands.remap` fills it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something the learner can do. `id` is the name by which a key can be remapped."""

    id: str
    action: str
    keys: str
    title: Phrase
    """Two or three words, for the footer and the palette."""
    help: Phrase
    """One sentence, for the tooltip, the palette and the help page."""
    footer: int = 0
    """0 keeps it out of the footer; the greater, the later it is dropped when space is short."""
    priority: bool = False
    """Works before the widget that has the focus, so also while typing."""
    palette: bool = True
    shown: str = ""
    """How the keys are shown, where their list would be long."""

    @property
    def is_for_each_key(self) -> bool:
        """Whether each key means another thing: 1 to 4 of a rating."""
        return "{key}" in self.action

    def bindings(self) -> list[Binding]:
        """One for each key; "{key}" in the action is that key."""
        return [
            Binding(
                key,
                self.action.format(key=key),
                self.title.en,
                show=self.footer > 0,
                tooltip=self.help.en,
                id=f"{self.id}:{key}" if self.is_for_each_key else self.id,
                priority=self.priority,
                key_display=self.shown or None,
            )
            for key in (self.keys or self.own_keys).split(",")
            if key
        ]

    @property
    def own_keys(self) -> str:
        """The learner's keys where they chose others."""
        return OWN_KEYS.get(self.id, self.keys)

    def key_label(self) -> str:
        """The first key as a person writes it: "F5", "^S", "Enter"."""
        shown = self.shown if self.own_keys == self.keys else ""
        return shown or key_name(self.own_keys.split(",")[0])

    def key_labels(self) -> str:
        shown = self.shown if self.own_keys == self.keys else ""
        return shown or " ".join(key_name(key) for key in self.own_keys.split(",")) or "–"
