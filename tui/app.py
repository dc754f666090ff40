"""The app: one language, one theme, and pages that are pushed on Today."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import CommandPalette, Provider
from textual.reactive import reactive
from textual.screen import Screen

from tui import heap, markup, mock_saved, themes
from tui.catalogue import CATALOGUE
from tui.commands import active, bindings, remap
from tui.messages import (
    CTRL_C,
    NOT_SAVED,
    PALETTE_PLACEHOLDER,
    WORKER_FAILED,
    Bilingual,
    Language,
    Phrase,
    same,
)
from tui.mock_messages import UNFINISHED
from tui.screens.page import Page
from tui.screens.today import TodayScreen
from tui.services import Services
from tui.settings import NEW_PER_DAY, THEMES
from tui.text_layout import clean
from tui.widgets.document import Localised

if TYPE_CHECKING:
    from drills.catalog import Drill


def _palette_entries() -> type[Provider]:
    from tui.widgets.palette import Commands

    return Commands


class PreptrainApp(App[None], inherit_bindings=False):
    """Holds the services, the language and the theme; the pages do the rest."""

    TITLE = "preptrain"
    CSS_PATH = [  # noqa: RUF012 (Textual's own annotation)
        "styles/app.tcss",
        "styles/quiz.tcss",
        "styles/workbench.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding("ctrl+c", "help_quit", show=False, system=True),
    ]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette_entries}
    # Saying nothing of it would let Textual add a footer entry of its own.
    COMMAND_PALETTE_BINDING = "ctrl+p"

    language: reactive[Language] = reactive[Language]("en", init=False)

    def __init__(self, services: Services, page: str | None = None) -> None:
        # Set to nothing, NO_COLOR is not set (no-color.org); Textual thinks that it is, and then draws in shades of grey
        # unless colours are the terminal's own: these it leaves out.
        no_color = bool(os.environ.get("NO_COLOR"))
        if not no_color:
            os.environ.pop("NO_COLOR", None)
        super().__init__(ansi_color=True if no_color else None)
        self.first_page = page
        self.raw_formulas = False
        markup.show_raw_formulas(False)
        self.services = services
        for theme in themes.ALL:
            self.register_theme(theme)
        self.theme = services.settings.theme
        self.set_reactive(PreptrainApp.language, services.settings.language)
        keymap, problems = remap(services.settings.keys)
        self.set_keymap(keymap)
        self.services.notices += problems
        for command in CATALOGUE["app"]:
            if not command.keys:  # one that has no key of its own, but may be given one
                for binding in command.bindings():
                    self._bindings.key_to_bindings.setdefault(binding.key, []).append(binding)

    def get_default_screen(self) -> Screen[None]:
        return TodayScreen()

    def on_mount(self) -> None:
        self.call_after_refresh(heap.loaded, "app")
        if not self.is_headless:
            for number in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self._told_to_end)
        for notice in self.services.notices:
            self.say(notice, severity="warning")
        if self.first_page is not None:
            self.action_goto(self.first_page)
        if self.first_page != "mock" and mock_saved.is_waiting(self.services.record):
            self.say(UNFINISHED)

    # --- what pages need

    def say(self, text: Bilingual, *, severity: str = "information") -> None:
        """A notice in the learner's language; foreign text in it is shown as it is."""
        level = severity if severity in ("warning", "error") else "information"
        self.notify(clean(text[self.language]), severity=level, markup=False)  # type: ignore[arg-type]

    def report(self, error: Exception, phrase: Phrase = WORKER_FAILED) -> None:
        """Tell of a failure without ending the app."""
        self.say(phrase.format(error=_told(error)), severity="error")

    # --- language, theme, settings

    def watch_language(self) -> None:
        self._draw_anew()

    def action_formulas(self) -> None:
        """Formulas as LaTeX, or as signs again."""
        self.raw_formulas = not self.raw_formulas
        markup.show_raw_formulas(self.raw_formulas)
        self._draw_anew()

    def _draw_anew(self) -> None:
        """All texts: they are said or set otherwise now."""
        for screen in self.screen_stack:
            if isinstance(screen, Page):
                screen.language_changed()
            for widget in screen.walk_children(Localised):
                widget.language_changed()

    def action_switch_language(self) -> None:
        self.language = "zh" if self.language == "en" else "en"
        self.keep_settings(language=self.language)

    def action_next_theme(self) -> None:
        self.set_theme(THEMES[(THEMES.index(self.theme) + 1) % len(THEMES)])

    def set_theme(self, theme: str) -> None:
        self.theme = theme
        self.keep_settings(theme=theme)

    def action_new_per_day(self, change: int) -> None:
        wanted = self.services.settings.new_per_day + change
        kept = min(max(wanted, NEW_PER_DAY.start), NEW_PER_DAY.stop - 1)
        self.keep_settings(new_per_day=kept)
        self.say(Phrase("{count} new questions a day", "每天新题 {count} 道").format(count=kept))
        if isinstance(self.screen, TodayScreen):
            self.screen.count()

    def keep_settings(self, **changes: object) -> None:
        """Take other settings and write them; a failure is told."""
        try:
            self.services.save_settings(replace(self.services.settings, **changes))  # type: ignore[arg-type]
        except OSError as error:
            self.report(error, NOT_SAVED)

    # --- going about

    def action_goto(self, place: str) -> None:
        """Open a page from anywhere; whatever is open goes, keeping its drafts."""
        from tui.screens import open_page

        while len(self.screen_stack) > 1:
            if isinstance(self.screen, Page):
                self.screen.leave()
            self.pop_screen()
        self.push_screen(open_page(place))

    def open_drill(self, drill: Drill) -> None:
        """The workbench; a file that cannot be read or written is told, and one stays where one was."""
        from tui.drill_desk import Desk
        from tui.screens.workbench import WorkbenchScreen

        if isinstance(self.screen, WorkbenchScreen):
            return  # Enter was pressed twice
        try:
            desk = Desk(self.services, drill)
            opened = desk.open()
        except Exception as error:
            self.report(error)
            return
        self.push_screen(WorkbenchScreen(desk, opened))

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, Page) and not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(active(self.screen)))

    def action_command_palette(self) -> None:
        if not CommandPalette.is_open(self):  # type: ignore[arg-type]
            placeholder = PALETTE_PLACEHOLDER[self.language]
            self.push_screen(CommandPalette(placeholder=placeholder, id="--command-palette"))

    def action_help_quit(self) -> None:
        self.say(CTRL_C)

    async def action_quit(self) -> None:
        self.exit()

    def _told_to_end(self) -> None:
        """The terminal has gone, or the system ends: what is half written is kept before anything else."""
        self.on_exit_app()
        self.exit()

    def on_exit_app(self) -> None:
        """Keep what is half written, whoever ends the app: the learner, or the browser that went away."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Page):
                screen.leave()


def _told(error: Exception) -> Bilingual:
    """An error in both languages, where it knows them."""
    if hasattr(error, "__getitem__"):
        return error
    if isinstance(error, OSError):
        from quizbank.errors import reason

        return Phrase(*reason(error))
    return same(str(error) or type(error).__name__)


def run(services: Services, page: str | None = None) -> None:
    """Run the app until the learner leaves, and close what it opened; begins on `page`, else on Today."""
    app = PreptrainApp(services, page)
    try:
        app.run()
    finally:
        services.close()
