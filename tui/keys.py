"""What the keys are called: one place, so that the footer, the help page and every sentence say the learner's own."""

from __future__ import annotations

import re

LABELS: dict[str, str] = {}
"""The first key of each command, by the command's id, as a person writes it: "F5", "^S", "Enter"."""

_NAMES = {
    "escape": "Esc", "enter": "Enter", "space": "Space", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "slash": "/", "tab": "Tab", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
    "delete": "Del", "backspace": "Backspace",
}  # fmt: skip
_MARK = re.compile(r"<([a-z_]+\.[a-z_0-9]+)>")
_KEY = re.compile(r"((ctrl|shift|alt|super|meta)\+)*([A-Za-z0-9]|[a-z][a-z_]*[a-z]|f\d\d?)")


def key_name(key: str) -> str:
    """A Textual key as a person writes it."""
    *modifiers, last = key.strip().split("+")
    name = _NAMES.get(last, last.upper() if last[:1] == "f" and last[1:].isdigit() else last)
    if "ctrl" in modifiers:
        return "^" + (name.upper() if len(name) == 1 else name)
    if "shift" in modifiers:
        return "⇧" + name
    if modifiers:
        return "+".join([*modifiers, name])
    if len(name) == 1 and name.isalpha():
        return name.upper() if name.islower() else "⇧" + name
    return name


def is_key(text: str) -> bool:
    """Whether it can be the name of a key, as Textual writes it: "ctrl+s", "f5", "j", "question_mark"."""
    return _KEY.fullmatch(text) is not None


def told(text: str) -> str:
    """A sentence with the keys that are named in it by command, "<quiz.submit>", as they are now."""
    return _MARK.sub(lambda found: LABELS.get(found[1], found[0]), text)
