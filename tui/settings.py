"""The learner's settings: a small JSON file, replaced atomically; a broken one never stops the app."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from quizbank.errors import reason
from tui.messages import (
    LANGUAGES,
    SETTINGS_BROKEN,
    SETTINGS_UNREADABLE,
    Bilingual,
    Language,
    Phrase,
)

THEMES = ("preptrain-dark", "preptrain-light", "preptrain-contrast", "preptrain-terminal")
NEW_PER_DAY = range(0, 101)
DRILL_SHARE = range(0, 51)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the learner chose. Values that are not known fall back to the default, one by one."""

    language: Language = "en"
    theme: str = THEMES[0]
    new_per_day: int = 15
    drill_share: int = 10
    """Drills among the items of a sitting, in percent."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The learner's own keys by command: {"quiz.submit": "ctrl+j"}; checked by `tui.commands.remap`."""

    @classmethod
    def from_json(cls, data: dict[str, Any], default: Self) -> Self:
        language = data.get("language")
        theme = data.get("theme")
        new = data.get("new_per_day")
        share = data.get("drill_share")
        keys = data.get("keys")
        return replace(
            default,
            language=language if language in LANGUAGES else default.language,
            theme=theme if theme in THEMES else default.theme,
            new_per_day=new if type(new) is int and new in NEW_PER_DAY else default.new_per_day,
            drill_share=share if type(share) is int and share in DRILL_SHARE else default.drill_share,
            keys={id_: key for id_, key in keys.items() if isinstance(key, str)}
            if isinstance(keys, dict)
            else default.keys,
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings as read, and what the learner should know about the reading."""

    settings: Settings
    notice: Phrase | None = None


def system_language(environ: Mapping[str, str] = os.environ) -> Language:
    """The language of the learner's system: Chinese where its locale says so, else English."""
    named = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").lower().startswith("zh") else "en"


def load(path: Path, language: Language | None = None) -> Loaded:
    """The settings at `path`; `language` (the system's) is for a learner who has not chosen yet.

    A file that is no JSON object is kept beside as `.broken`, so that saving does not destroy it.
    """
    default = Settings(language=language or system_language())
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Loaded(default)
    except OSError as error:
        why = Phrase(*reason(error))
        return Loaded(default, SETTINGS_UNREADABLE.format(path=str(path), error=why))
    except UnicodeDecodeError:
        return _broken(path, Phrase("not UTF-8", "不是 UTF-8 文本"), default)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return _broken(path, Phrase("not JSON", "不是 JSON"), default)
    if not isinstance(data, dict):
        return _broken(path, Phrase("not a JSON object", "不是 JSON 对象"), default)
    return Loaded(Settings.from_json(data, default))


def save(path: Path, settings: Settings) -> None:
    """Write the settings beside and move them in place; raises OSError."""
    text = json.dumps(asdict(settings), ensure_ascii=False, indent=2) + "\n"
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _broken(path: Path, error: Bilingual, default: Settings) -> Loaded:
    backup = path.with_name(path.name + ".broken")
    try:
        os.replace(path, backup)
    except OSError:
        return Loaded(default, SETTINGS_UNREADABLE.format(path=str(path), error=error))
    return Loaded(default, SETTINGS_BROKEN.format(path=str(path), error=error, backup=str(backup)))
