"""Make the README's screenshots: the app itself, from a fixed record, drawn as SVG.

Run `.venv/bin/python .github/screenshots/make.py` after a change that shows.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textual.pilot import Pilot

from drills.catalog import find_drill
from quizbank.record import Record, new_entry
from tui.app import PreptrainApp
from tui.messages import Language
from tui.services import Services, open_services

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
WRONG = find_drill("attention").solution.replace(" / np.sqrt(q.shape[-1]).astype(q.dtype)", "")


def a_learner(services: Services, record: Record) -> None:
    """Five weeks of evenings."""
    items = services.candidates()
    for day in range(35, 0, -1):
        for turn in range((day * 7) % 9 if day % 6 else 0):
            item = items[(day * 5 + turn * 3) % 150]
            right = (day + turn) % 4 != 0
            when = NOW - timedelta(days=day, minutes=turn)
            record.append(
                new_entry(
                    item.item, rev=1, score=float(right), rating=3 if right else 1, seconds=40, now=when
                )
            )


async def picture(
    name: str, language: Language, keys: list[str], before: Callable[[Services], None] | None = None
) -> None:
    """Press `keys` in a fresh app and save what it shows."""
    with tempfile.TemporaryDirectory() as home:
        services = open_services(Path(home), Path("/home/you/drills") if before is None else None, language)
        services.now = lambda: NOW
        services.new_seed = lambda: 7
        services.record.change_setting("goal", {"day": "2026-12-15", "role": None}, NOW)
        a_learner(services, services.record)
        if before is not None:
            before(services)
        app = PreptrainApp(services)
        async with app.run_test(size=(104, 32)) as pilot:
            await settle(app, pilot)
            for key in keys:
                await pilot.press(key)
                await settle(app, pilot)
            svg = app.export_screenshot(title="preptrain")
        (HERE / f"{name}-{language}.svg").write_text(svg.replace(home, "~/preptrain"), "utf-8")
        services.close()


async def settle(app: PreptrainApp, pilot: Pilot[None]) -> None:
    for _ in range(3):
        await app.workers.wait_for_complete()
        await pilot.pause()


def wrong_attention(services: Services) -> None:
    services.workspace.save(find_drill("attention"), WRONG)


async def main() -> None:
    attention = ["d", "slash", *"attention", "enter", "enter"]
    for language in ("en", "zh"):
        search = attention if language == "en" else ["d", "slash", *"缩放点积", "enter", "enter"]
        await picture("today", language, [], wrong_attention)
        await picture("quiz", language, ["q", "1", "enter"], wrong_attention)
        await picture("workbench", language, [*search, "ctrl+s"], wrong_attention)
        await picture("progress", language, ["p"], wrong_attention)
        await picture("mock", language, ["m", "enter"], wrong_attention)


if __name__ == "__main__":
    asyncio.run(main())
