"""Another retention to aim at: every due day follows, in a thread of its own, since a long record takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from quizbank.errors import PlainError
from quizbank.record import Record
from tui.messages import Phrase
from tui.time_left import percent, time_left

FOLLOWING = Phrase(
    "Due days follow: {percent}% done{left}. Cannot be stopped; leaving is safe.",
    "正在重排到期日：已完成 {percent}%{left}。无法中途停止，可以放心离开。",
)
PATIENCE = 2.0  # seconds that closing waits for the thread


class _Stopped(Exception):
    """Another value is wanted by now, or the app closes."""


class Rescheduling:
    """Brings the record to the retention last wanted.

    A new value while one is being followed begins anew. It cannot be taken back half-way: the record has the new
    value from the start, and is marked until all days follow; closed in between, it catches up when next opened.
    """

    def __init__(
        self,
        own_record: Callable[[], Record],
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own_record, self._now, self._clock = own_record, now, clock
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self.wanted: float | None = None
        """What is being followed; None when all days do."""
        self.error: PlainError | None = None
        self._began, self._passed, self._rows = 0.0, 0, 0

    @property
    def is_running(self) -> bool:
        return self.wanted is not None

    @property
    def has_news(self) -> bool:
        """Whether it runs, or failed and nobody has taken the error yet."""
        return self.is_running or self.error is not None

    def change(self, retention: float) -> None:
        with self._lock:
            started, self.wanted = self.is_running, retention
            if not started:
                self._thread = threading.Thread(target=self._work, name="rescheduling", daemon=True)
                self._thread.start()

    def take_error(self) -> PlainError | None:
        """What went wrong, once."""
        error, self.error = self.error, None
        return error

    def progress(self) -> Phrase:
        """How far it is, and the time left."""
        passed, rows = self._passed, self._rows
        left = time_left(self._clock() - self._began, passed, rows)
        return FOLLOWING.format(percent=percent(passed, rows), left=left)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    def _work(self) -> None:
        wanted: float | None = None
        error: PlainError | None = None
        while True:
            with self._lock:
                if self.wanted == wanted or self._closed:
                    self.error = error  # before the end of the work, which makes it news
                    self.wanted = None
                    return
                wanted = self.wanted
            assert wanted is not None
            error = self._follow(wanted)

    def _follow(self, wanted: float) -> PlainError | None:
        def passed(rows: int, of: int) -> None:
            if self._closed or self.wanted != wanted:
                raise _Stopped
            self._passed, self._rows = rows, of

        self._began, self._passed, self._rows = self._clock(), 0, 0
        try:
            with self._own_record() as record:
                record.set_retention(wanted, self._now(), passed)
        except PlainError as error:
            return error
        except _Stopped:
            pass
        return None
