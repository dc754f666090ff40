"""One drill on the learner's desk: their text, its draft, and what becomes of it; no screen in here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from quizbank.scheduling import Card
from tui import attempts
from tui.messages import CHANGED_OUTSIDE, RESTORED, Phrase

if TYPE_CHECKING:
    from drills.catalog import Drill
    from drills.grading.report import Report
    from tui.services import Services


@dataclass(frozen=True)
class Opened:
    """The text to edit, and what the learner should know about it."""

    text: str
    notice: Phrase | None = None


class Desk:
    """The learner's file of a drill is the truth; what was typed since it was saved is a draft."""

    def __init__(self, services: Services, drill: Drill) -> None:
        self._services = services
        self.drill = drill
        self.began = services.now()
        self._draft = ""

    @property
    def path(self) -> Path:
        return self._services.workspace.path(self.drill)

    # --- the text

    def open(self) -> Opened:
        """The learner's file, started where there is none, with the draft on top of it.

        A draft of a file that was changed outside since is not put over it, but kept beside.
        Raises WorkspaceError.
        """
        workspace, record = self._services.workspace, self._services.record
        workspace.start(self.drill)
        saved = workspace.read(self.drill)
        stored = record.draft(self._item) or ""
        draft = _read_draft(stored)
        if draft is None or draft[1] == saved:
            return Opened(saved)
        base, text = draft
        if base == _mark(saved):
            self._draft = stored
            return Opened(text, RESTORED)
        kept = self._keep_beside(text)
        record.save_draft(self._item, "")
        return Opened(saved, CHANGED_OUTSIDE.format(path=str(kept)))

    def keep_draft(self, text: str) -> None:
        """Keep what was typed; nothing where it is what the file says."""
        saved = self._services.workspace.read(self.drill)
        self._store("" if text == saved else json.dumps({"base": _mark(saved), "text": text}))

    def save(self, text: str) -> None:
        """Write the learner's file; raises WorkspaceError."""
        self._services.workspace.save(self.drill, text)
        self._store("")

    def reset(self) -> Path | None:
        """Put the template back; returns where the learner's file is kept."""
        backup = self._services.workspace.reset(self.drill, self._services.now())
        self._store("")
        return backup

    def _store(self, draft: str) -> None:
        if draft != self._draft:
            self._services.record.save_draft(self._item, draft)
            self._draft = draft

    def _keep_beside(self, text: str) -> Path:
        now = self._services.now()
        path = self.path.with_name(f"{self.path.stem}.{now:%Y%m%d-%H%M%S}.draft.py")
        path.write_text(text, encoding="utf-8")
        return path

    # --- hints, attempts, the solution

    @property
    def hints_shown(self) -> int:
        return attempts.sitting(self._services.record, self.drill).hints

    def show_hint(self) -> bool:
        """One more hint; False when all have been seen."""
        number = self.hints_shown + 1
        if number > len(self.drill.hints):
            return False
        attempts.show_hint(self._services.record, self.drill, number)
        return True

    def record_attempt(self, report: Report, source: str) -> Card | None:
        """Append a graded attempt, with the time since the last one."""
        now = self._services.now()
        seconds = (now - self.began).total_seconds()
        card = attempts.record_attempt(self._services.record, self.drill, report, source, now, seconds)
        self.began = now
        return card

    @property
    def may_see_solution(self) -> bool:
        return attempts.may_see_solution(self._services.record, self.drill)

    def give_up(self, source: str) -> None:
        attempts.give_up(self._services.record, self.drill, source, self._now())

    def _now(self) -> datetime:
        return self._services.now()

    @property
    def _item(self) -> str:
        return self.drill.item


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _read_draft(stored: str) -> tuple[str, str] | None:
    """(mark of the file it was typed on, text)."""
    try:
        data = json.loads(stored)
        return str(data["base"]), str(data["text"])
    except (ValueError, TypeError, KeyError):
        return None
