"""What can be read: contrast in each theme, the terminal's own colours, and no colour at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from app_support import FakeGrader, Learner, Play, a_report
from rich.color import ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.widgets import OptionList

from quizbank.record import new_entry
from tui.app import PreptrainApp
from tui.services import Services
from tui.settings import THEMES, Settings

LEAST = {"preptrain-dark": 4.5, "preptrain-light": 4.5, "preptrain-contrast": 7.0}
"""WCAG 2: AA for text, AAA for the theme that is for those who need it."""
WAYS: dict[str, tuple[str, ...]] = {
    "today": (),
    "asked": ("q", "1"),
    "drills": ("d",),
    "failed": ("d", "enter", "ctrl+s"),
    "code": ("d", "enter", "f4"),
    "progress": ("p",),
    "further progress": ("p", "pagedown"),
    "mock": ("m",),
    "bank": ("b",),
    "settings": ("s",),
    "help": ("f1",),
    "palette": ("ctrl+p",),
}
SAID = re.compile(r"\w")


@pytest.fixture(autouse=True)
def _with_a_record(services: Services, grader: FakeGrader) -> None:
    grader.reports = [a_report("max-pool", passed=False)]
    for day in range(9, 0, -1):
        when = services.now() - timedelta(days=day)
        for item in ("q:sample-single", "q:sample-order", "d:max-pool"):
            services.record.append(
                new_entry(
                    item,
                    rev=1,
                    score=float(day % 2),
                    rating=1 + day % 3,
                    seconds=9,
                    now=when,
                    confidence=1 + day % 3,
                )
            )


def segments(app: PreptrainApp) -> Iterator[Segment]:
    for strip in app.screen._compositor.render_strips():
        yield from strip


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The ratio of WCAG 2.2: 1 for the same colour, 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: ColorTriplet) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast() -> None:
    black, white, grey = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), ColorTriplet(118, 118, 118)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", sorted(LEAST))
@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[] if way in ("asked", "progress") else pytest.mark.slow) for way in WAYS]
)
async def test_every_word_stands_out(theme: str, way: str, play: Play, services: Services) -> None:
    services.settings = Settings(language="en", theme=theme)

    async def scenario(learner: Learner) -> None:
        await learner.press(*WAYS[way])
        if way == "asked":
            await learner.press("ctrl+s")
        faint = {}
        shown = list(segments(learner.app))
        if way == "palette":  # what is behind it is meant to be faint
            listed = learner.app.screen.query_one(OptionList).region
            strips = learner.app.screen._compositor.render_strips()
            shown = [
                segment
                for strip in strips[listed.y : listed.bottom]
                for segment in strip.crop(listed.x, listed.right)
            ]
        for segment in shown:
            style = segment.style
            if SAID.search(segment.text) and style is not None and style.color and style.bgcolor:
                fore, back = style.color.get_truecolor(), style.bgcolor.get_truecolor()
                if (ratio := contrast(fore, back)) < LEAST[theme]:
                    faint[segment.text.strip()] = (round(ratio, 1), fore.hex, back.hex)
        assert faint == {}

    await play(scenario)


async def test_the_terminals_own_colours(play: Play, services: Services) -> None:
    services.settings = Settings(language="zh", theme="preptrain-terminal")

    async def scenario(learner: Learner) -> None:
        for keys in ((), ("q", "1", "ctrl+s"), ("escape", "d", "enter", "ctrl+s"), ("escape", "escape", "p")):
            await learner.press(*keys)
            for segment in segments(learner.app):
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.type in (ColorType.DEFAULT, ColorType.STANDARD), segment

    await play(scenario)


@pytest.mark.parametrize("theme", THEMES)
async def test_no_colour(theme: str, play: Play, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    services.settings = Settings(language="en", theme=theme)

    async def scenario(learner: Learner) -> None:
        for keys in (("q", "1", "ctrl+s"), ("escape", "d", "enter", "ctrl+s"), ("escape", "escape", "p")):
            await learner.press(*keys)
            for segment in segments(learner.app):
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.is_default, segment

    await play(scenario)


async def test_right_and_wrong_are_told_by_word_and_sign(
    play: Play, only: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    only("sample-single")

    async def scenario(learner: Learner) -> None:
        await learner.press("enter", "2")
        shown = learner.text()
        assert "› 2 ●" in shown  # the cursor and the choice
        await learner.press("enter")
        shown = learner.text()
        assert "2 ✗ ●" in shown
        assert "1 ✓ ○" in shown
        assert "Wrong." in shown
        assert "This one is right." in shown
        assert "✗ Wrong" in shown

    await play(scenario)


async def test_no_color_set_to_nothing_is_not_set(
    play: Play, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "")

    async def scenario(learner: Learner) -> None:
        assert any(
            segment.style and segment.style.color and segment.style.color.type == ColorType.TRUECOLOR
            and len(set(segment.style.color.triplet or ())) > 1
            for segment in segments(learner.app)
        )  # fmt: skip

    await play(scenario)
