"""The commands as the app uses them: keys remapped, bound to screens, listed where they work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from tui.catalogue import CATALOGUE, Area
from tui.command import OWN_KEYS, Command
from tui.keys import LABELS, is_key
from tui.messages import KEY_TWICE, NO_SUCH_COMMAND, NO_SUCH_KEY, WANTS_KEYS, Language, Phrase

if TYPE_CHECKING:
    from textual.screen import Screen

BY_ID = {command.id: command for commands in CATALOGUE.values() for command in commands}
LABELS.update((command.id, command.key_label()) for command in BY_ID.values())


def remap(chosen: Mapping[str, str]) -> tuple[dict[str, str], list[Phrase]]:
    """Take the learner's keys, {"quiz.submit": "ctrl+j,f12"}; what is wrong with some is told, and those are left out.

    Returns Textual's keymap. A command of which each key means another thing wants as many keys as it has.
    """
    OWN_KEYS.clear()
    keymap: dict[str, str] = {}
    problems = []
    for id_, text in chosen.items():
        keys = [key.strip() for key in text.split(",")]
        command = BY_ID.get(id_)
        if command is None:
            problems.append(NO_SUCH_COMMAND.format(id=id_))
        elif wrong := [key for key in keys if not is_key(key)]:
            problems.append(NO_SUCH_KEY.format(id=id_, key=wrong[0]))
        elif command.is_for_each_key and len(keys) != len(usual := command.keys.split(",")):
            problems.append(WANTS_KEYS.format(id=id_, count=len(usual)))
        else:
            OWN_KEYS[id_] = ",".join(keys)
            if command.is_for_each_key:
                keymap |= {
                    f"{id_}:{old}": new for old, new in zip(command.keys.split(","), keys, strict=True)
                }
            else:
                keymap[id_] = OWN_KEYS[id_]
    for area in CATALOGUE.values():
        problems += _twice(area)
    LABELS.update((command.id, command.key_label()) for command in BY_ID.values())
    return keymap, problems


def _twice(commands: tuple[Command, ...]) -> Iterator[Phrase]:
    """Keys that stand for two commands of one place since the learner changed them."""
    taken: dict[str, str] = {}
    for command in commands:
        for key in filter(None, command.own_keys.split(",")):
            other = taken.setdefault(key, command.id)
            if other != command.id and {other, command.id} & OWN_KEYS.keys():
                yield KEY_TWICE.format(key=key, one=other, two=command.id)


def bindings(*areas: Area) -> list[Binding]:
    """The key bindings of some areas, for a BINDINGS attribute."""
    return [binding for area in areas for command in CATALOGUE[area] for binding in command.bindings()]


@dataclass(frozen=True, slots=True)
class Active:
    """A command that can be given now."""

    command: Command
    key: str
    """The key that gives it: the learner's own where it was remapped."""
    enabled: bool = True

    def title(self, language: Language) -> str:
        return self.command.title[language]


def active(screen: Screen[Any]) -> list[Active]:
    """The commands that work on a screen as it is now: each once, as in the catalogue, the app's last."""
    found: dict[str, Active] = {}
    for bound in screen.active_bindings.values():
        command = BY_ID.get((bound.binding.id or "").partition(":")[0])
        if command is not None and command.id not in found:
            own = command.own_keys.split(",")
            key = own[0] if bound.binding.key in own else bound.binding.key
            found[command.id] = Active(command, key, bound.enabled)
    order = list(BY_ID)

    def place(entry: Active) -> tuple[bool, int]:
        return entry.command.id.startswith("app."), order.index(entry.command.id)

    return sorted(found.values(), key=place)
