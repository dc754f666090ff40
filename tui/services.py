"""The parts the app is built from, each given explicitly, so that a test can give others.

What is needed for the first frame (settings, record) is opened at once; what takes longer to import (the
bank, the drills, the grader) on first use, from a worker thread.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from quizbank import locations
from quizbank.locations import Locations
from quizbank.record import Record
from tui import settings as settings_file
from tui.messages import Language, Phrase
from tui.settings import Settings
from tui.time_left import catching_up

if TYPE_CHECKING:
    from drills.catalog import Backend, Drill
    from drills.grading.report import CheckResult, Report
    from drills.workspace import Workspace
    from quizbank.loader import Bank
    from quizbank.sessions import Candidate
    from quizbank.syllabus import Syllabus
    from tui.rescheduling import Rescheduling

Drills = dict[str, "Drill"]


class AnyGrader(Protocol):
    """What the app needs of `drills.grading.client.Grader`."""

    def warm(self, backend: Backend) -> None: ...
    def grade(
        self, drill: Drill, source: str, on_check: Callable[[CheckResult], None] | None = None
    ) -> Report: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


def local_now() -> datetime:
    """The moment, in the learner's zone."""
    return datetime.now().astimezone()


def random_seed() -> int:
    return int.from_bytes(os.urandom(4)) >> 1  # not `secrets`, which imports OpenSSL


def _packaged_bank() -> Bank:
    from quizbank.loader import load_bank

    return load_bank()


def _whole_bank(places: Locations) -> Bank:
    from quizbank.loader import whole_bank

    return whole_bank(places)


def _packaged_drills() -> Drills:
    from drills.catalog import load_catalog

    return load_catalog()


def _grader() -> AnyGrader:
    from drills.grading.client import Grader
    from drills.grading.counterexamples import Counterexamples

    return Grader(counterexamples=Counterexamples())


@dataclass
class Services:
    """Everything the screens work with. `close` ends what was started."""

    places: Locations
    record: Record
    settings: Settings = field(default_factory=Settings)
    notices: list[Phrase] = field(default_factory=list)
    now: Callable[[], datetime] = local_now
    new_seed: Callable[[], int] = random_seed
    load_bank: Callable[[], Bank] = _packaged_bank
    load_drills: Callable[[], Drills] = _packaged_drills
    make_grader: Callable[[], AnyGrader] = _grader

    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _bank: Bank | None = None
    _faults: int = 0
    _drills: Drills | None = None
    _syllabus: Syllabus | None = None
    _started_grader: AnyGrader | None = None
    _rescheduling: Rescheduling | None = None

    @property
    def bank(self) -> Bank:
        """The questions; slow at first use. Raises BankError."""
        with self._lock:
            if self._bank is None:
                self._bank = self.load_bank()
                self._faults = len(self._bank.problems)
            return self._bank

    def faults_to_tell(self) -> int:
        """How many problems the learner's own questions have; told once, after the bank was read."""
        with self._lock:
            faults, self._faults = self._faults, 0
            return faults

    @property
    def drills(self) -> Drills:
        """The drills by id; slow at first use. Raises DrillError."""
        with self._lock:
            if self._drills is None:
                self._drills = self.load_drills()
            return self._drills

    @property
    def syllabus(self) -> Syllabus:
        with self._lock:
            if self._syllabus is None:
                from quizbank.syllabus import load_syllabus

                self._syllabus = load_syllabus()
            return self._syllabus

    @property
    def grader(self) -> AnyGrader:
        with self._lock:
            if self._started_grader is None:
                self._started_grader = self.make_grader()
            return self._started_grader

    @property
    def rescheduling(self) -> Rescheduling:
        """Another retention, followed in the background."""
        with self._lock:
            if self._rescheduling is None:
                from tui.rescheduling import Rescheduling

                self._rescheduling = Rescheduling(self.own_record, self.now)
            return self._rescheduling

    @property
    def workspace(self) -> Workspace:
        from drills.workspace import Workspace

        return Workspace(self.places.workspace)

    def candidates(self) -> list[Candidate]:
        """All items there are, in the order to meet them: by the syllabus's tracks, the easier first."""
        from quizbank.sessions import candidates

        tracks = {track.id: place for place, track in enumerate(self.syllabus.tracks)}
        level = {f"q:{id_}": head.difficulty for id_, head in self.bank.heads.items()}
        level |= {f"d:{id_}": drill.difficulty for id_, drill in self.drills.items()}
        return sorted(
            candidates(self.bank, self.drills.values()),
            key=lambda item: (tracks.get(item.track, len(tracks)), level[item.item]),
        )

    def own_record(self) -> Record:
        """Another connection to the record, for a worker thread; the caller closes it."""
        return Record.open(self.places.record)

    def save_settings(self, settings: Settings) -> None:
        """Take and keep new settings; raises OSError when they could not be kept."""
        self.settings = settings
        settings_file.save(self.places.settings, settings)

    def close(self) -> None:
        """May be called twice."""
        with self._lock:
            grader, self._started_grader = self._started_grader, None
        if grader is not None:
            grader.close()
        if self._rescheduling is not None:
            self._rescheduling.close()
        self.record.close()


def open_services(
    home: Path | None = None, workspace: Path | None = None, language: Language | None = None
) -> Services:
    """Open the learner's home; raises HomeError or RecordError, told in plain words, when that cannot be.

    `language` overrides the learner's setting for this run.
    """
    places = locations.resolve(home, workspace)
    loaded = settings_file.load(places.settings)
    with catching_up(language or loaded.settings.language) as progress:
        record = Record.open(places.record, progress=progress)
    services = Services(places, record, loaded.settings, load_bank=lambda: _whole_bank(places))
    if language is not None:
        services.settings = Settings.from_json({"language": language}, loaded.settings)
    if loaded.notice is not None:
        services.notices.append(loaded.notice)
    return services
