"""Settings: a row each, changed in place and kept at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.worker import Worker

from quizbank.errors import PlainError
from quizbank.goals import Goal
from quizbank.scheduling import RETENTION, learner_day
from tui.commands import bindings
from tui.messages import (
    LANGUAGE_NAME,
    ROLE_NAMES,
    SET_DAY,
    SET_DRILLS,
    SET_LANGUAGE,
    SET_NEW,
    SET_NO_DAY,
    SET_RETENTION,
    SET_THEME,
    SETTINGS,
    SETTINGS_HINT,
    SETTINGS_KEPT,
    THEME_NAMES,
    Bilingual,
    Phrase,
    same,
)
from tui.mock_messages import MOCK_ROLE
from tui.screens.page import Page
from tui.settings import THEMES, Settings
from tui.widgets.rows import Row, RowList
from tui.widgets.status_line import StatusLine

AHEAD = 14  # days to an interview that is being set
SAID_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Setting:
    """One row: its values in order, which holds now, and how to keep another."""

    title: Bilingual
    values: Sequence[Any]
    default: Any
    shown: Callable[[Any], Bilingual]
    now: Callable[[], Any]
    keep: Callable[[Any], None]

    def beside(self, step: int) -> Any:
        """The value `step` further on; the ends hold. A value that is not listed counts as the nearest below."""
        at = self.now()
        if at in self.values:
            place = self.values.index(at)
        else:
            place = sum(value is not None and at is not None and value < at for value in self.values)
        return self.values[min(max(place + step, 0), len(self.values) - 1)]


class SettingList(RowList):
    """The rows, each with its value before it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("settings")]

    class Failed(Message):
        """A value could not be kept."""

        def __init__(self, error: PlainError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, settings: Sequence[Setting]) -> None:
        super().__init__([Row(setting.title) for setting in settings])
        self.settings = list(settings)
        self.mark()

    def mark(self) -> None:
        for row, setting in zip(self.rows, self.settings, strict=True):
            row.note = setting.shown(setting.now())

    def action_turn(self, step: int) -> None:
        self._keep(lambda setting: setting.beside(step))

    def action_clear(self) -> None:
        self._keep(lambda setting: setting.default)

    def action_pick(self) -> None:
        """A click or a number goes to the row."""

    def _keep(self, choose: Callable[[Setting], Any]) -> None:
        setting = self.settings[self.cursor or 0]
        value = choose(setting)
        try:
            if value != setting.now():
                setting.keep(value)
        except PlainError as error:
            self.post_message(self.Failed(error))
            return
        self.mark()
        self.changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "enter"


class SettingsScreen(Page):
    """What the learner may choose."""

    HEADING = SETTINGS

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="body", can_focus=False):
            yield SettingList(self.rows())
        yield StatusLine()

    def on_mount(self) -> None:
        self.query_one(SettingList).focus()
        self.query_one(StatusLine).say(SETTINGS_HINT)
        self._following: Worker[None] | None = None
        self._listen()

    def on_row_list_changed(self, event: RowList.Changed) -> None:
        event.stop()
        if not self._listen():  # never "kept" over what it has to say
            self.query_one(StatusLine).say(SETTINGS_KEPT)

    def on_setting_list_failed(self, event: SettingList.Failed) -> None:
        self.query_one(StatusLine).say(event.error, "warning")

    def rows(self) -> list[Setting]:
        """All settings, those of the app first, then those that the record keeps."""
        usual = Settings()
        names = {"en": same(LANGUAGE_NAME.en), "zh": same(LANGUAGE_NAME.zh)}
        return [
            Setting(SET_LANGUAGE, ("en", "zh"), "en", names.__getitem__, lambda: self.language, self._speak),
            Setting(
                SET_THEME, THEMES, usual.theme, THEME_NAMES.__getitem__,
                lambda: self.app.theme, self.preptrain.set_theme,
            ),
            Setting(
                SET_NEW, range(0, 101, 5), usual.new_per_day, lambda value: same(str(value)),
                lambda: self.services.settings.new_per_day,
                lambda value: self.preptrain.keep_settings(new_per_day=value),
            ),
            Setting(
                SET_DRILLS, range(0, 51, 10), usual.drill_share, _percent,
                lambda: self.services.settings.drill_share,
                lambda value: self.preptrain.keep_settings(drill_share=value),
            ),
            Setting(
                SET_RETENTION, (70, 75, 80, 85, 90, 92, 95, 97), round(RETENTION * 100), _percent,
                self._retention, self._retain,
            ),
            Setting(SET_DAY, self._days(), None, _day, lambda: self._goal() and self._goal().day, self._aim),  # type: ignore[union-attr]
            Setting(
                MOCK_ROLE, tuple(ROLE_NAMES), None, ROLE_NAMES.__getitem__,
                lambda: self._goal() and self._goal().role, self._for_role,  # type: ignore[union-attr]
            ),
        ]  # fmt: skip

    def _speak(self, language: str) -> None:
        if language != self.language:
            self.preptrain.action_switch_language()

    def _retention(self) -> int:
        wanted = self.services.rescheduling.wanted
        return round((self.services.record.schedule.retention if wanted is None else wanted) * 100)

    def _retain(self, value: int) -> None:
        """Every due day follows: in the background, and again from the start where it was under way."""
        self.services.rescheduling.change(value / 100)

    def _listen(self) -> bool:
        """Whether the rescheduling has news; then it is followed, by one worker."""
        if not self.services.rescheduling.has_news:
            return False
        if self._following is None or self._following.is_finished:
            self._following = self.run_worker(self._follow())
        return True

    async def _follow(self) -> None:
        """Say how far it is, until all days follow."""
        work, line = self.services.rescheduling, self.query_one(StatusLine)
        while work.is_running:
            line.say(work.progress())
            await asyncio.sleep(SAID_EVERY)
        error = work.take_error()
        listed = self.query_one(SettingList)
        listed.mark()
        listed.redraw()
        line.say(*(SETTINGS_KEPT, "quiet") if error is None else (error, "warning"))

    # --- the interview

    def _goal(self) -> Goal | None:
        return Goal.from_json(self.services.record.setting("goal"))

    def _days(self) -> list[date | None]:
        today = learner_day(self.services.now())
        return [None, *(today + timedelta(days=ahead) for ahead in range(181))]

    def _aim(self, day: date | None) -> None:
        now = self.services.now()
        if day is None:
            self.services.record.change_setting("goal", None, now)
            return
        before = self._goal()
        if before is None:
            day = learner_day(now) + timedelta(days=AHEAD)
        goal = Goal(day, before.role if before else None)
        self.services.record.change_setting("goal", goal.to_json(), now)

    def _for_role(self, role: str | None) -> None:
        goal = self._goal()
        if goal is not None:
            aimed = Goal(goal.day, role)
            self.services.record.change_setting("goal", aimed.to_json(), self.services.now())


def _percent(value: int) -> Bilingual:
    return same(f"{value}%")


def _day(value: date | None) -> Bilingual:
    return SET_NO_DAY if value is None else Phrase(value.isoformat(), value.isoformat())
