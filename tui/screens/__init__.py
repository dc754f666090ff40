"""The pages of the app; each is imported when it is first opened, which keeps the first frame quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.screens.page import Page


def open_page(place: str) -> Page:
    """The page of a name."""
    if place == "quiz":
        from tui.screens.quiz import QuizScreen

        return QuizScreen()
    if place == "drills":
        from tui.screens.drills import DrillsScreen

        return DrillsScreen()
    if place == "progress":
        from tui.screens.progress import ProgressScreen

        return ProgressScreen()
    if place == "bank":
        from tui.screens.bank import BankScreen

        return BankScreen()
    if place == "settings":
        from tui.screens.settings import SettingsScreen

        return SettingsScreen()
    if place == "mock":
        from tui.screens.mock import MockScreen

        return MockScreen()
    raise ValueError(f"no such page: {place}")
