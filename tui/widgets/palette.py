"""The command palette's entries, from the same commands as the keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.catalogue import CATALOGUE
from tui.command import Command
from tui.commands import active
from tui.messages import language_of


class Commands(Provider):
    """What can be done on the page under the palette, and everywhere."""

    def entries(self) -> list[Command]:
        here = [entry.command for entry in active(self.screen) if entry.enabled]
        everywhere = [
            command
            for area in ("today", "app")
            for command in CATALOGUE[area]
            if command.action.startswith("app.")
        ]
        return [command for command in dict.fromkeys([*here, *everywhere]) if command.palette]

    async def discover(self) -> Hits:
        language = language_of(self.screen)
        for command in self.entries():
            yield DiscoveryHit(self._shown(command), self._run(command), help=command.help[language])

    async def search(self, query: str) -> Hits:
        language = language_of(self.screen)
        matcher = self.matcher(query)
        for command in self.entries():
            # Whoever thinks of the word in the other language finds it too.
            texts = [command.title[language], command.title.en, command.title.zh, command.help[language]]
            score = max(matcher.match(text) for text in texts)
            if score > 0:
                yield Hit(score, self._shown(command), self._run(command), help=command.help[language])

    def _shown(self, command: Command) -> Content:
        title = command.title[language_of(self.screen)]
        keys = command.key_labels()
        return Content.assemble(title, (f"  {keys}" if command.keys else "", "$text-muted"))

    def _run(self, command: Command) -> Callable[[], Any]:
        return partial(self.app.run_action, command.action, self.screen)
