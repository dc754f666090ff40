"""`preptrain serve` in a headless Chromium: the app shows, takes keys, and is closed to other sites."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from browser import PATIENCE, Browser, require_chromium
from PIL import Image

from quizbank.record import Record

pytestmark = pytest.mark.slow


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """Where `preptrain serve` serves an empty home."""
    with subprocess.Popen(
        [sys.executable, "-m", "tui.cli", "--home", str(home), "--language", "en", "serve"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PREPTRAIN_HOME": str(home)},
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def inked(picture: bytes) -> float:
    """The share of the picture that is not its ground."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    colours = image.getcolors(image.width * image.height)
    assert colours is not None
    return 1 - max(count for count, _ in colours) / (image.width * image.height)


async def settled(browser: Browser) -> bytes:
    """The picture once two in a row are alike: the page fades in."""
    last = b""
    async with asyncio.timeout(PATIENCE):
        while last != (last := await browser.picture()):
            pass
    return last


async def test_the_app_shows_and_a_question_is_answered_by_keys(address: str, home: Path) -> None:
    async with Browser() as browser:
        await browser.open(address)
        screen = await browser.wait_for("new today")
        assert "preptrain · Today" in screen
        assert "Enter Begin" in screen
        assert inked(await settled(browser)) > 0.01
        await browser.press("Enter")
        screen = await browser.wait_for("left")
        while "Choose one." not in screen:
            await browser.press("Control+n")
            screen = await browser.wait_for("left", other_than=screen)
        await browser.press("1", "Enter")
        await browser.wait_for("✓ Right", "✗ Wrong")
        # No font, script or style from elsewhere, and nothing went wrong on the page.
        assert len(browser.asked) == 7
        assert {urlsplit(asked).netloc for asked in browser.asked} == {urlsplit(address).netloc}
        assert all(line.startswith("ping=") for line in browser.console), browser.console
        assert await browser.run("document.fonts.check('16px \"Roboto Mono\"')")
        with Record.open(home / "record.db") as record:
            (entry,) = record.entries()
    assert entry.item.startswith("q:")
    assert entry.detail["answer"] is not None


@asynccontextmanager
async def another_site() -> AsyncIterator[str]:
    """An empty page of another origin."""
    app = web.Application()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<!DOCTYPE html><title>another site</title>", content_type="text/html")

    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


CONNECT = """new Promise(done => {
  const socket = new WebSocket(%s);
  socket.onopen = () => done("open");
  socket.onerror = () => done("refused");
})"""
FETCH = "fetch(%s).then(answer => answer.text(), () => 'refused')"
FRAME = """new Promise(done => {
  const frame = document.createElement("iframe");
  frame.src = %s;
  frame.onload = () => { try { done(frame.contentDocument === null ? "closed" : "open") } catch { done("closed") } };
  document.documentElement.append(frame);
})"""


async def test_another_site_is_refused_even_with_the_token(address: str) -> None:
    connection = json.dumps(address.replace("http:", "ws:") + "connection")
    async with another_site() as foreign, Browser() as browser:
        await browser.open(foreign)
        assert await browser.run("document.title") == "another site"
        assert await browser.run(CONNECT % connection) == "refused"
        assert await browser.run(CONNECT % connection.replace("127.0.0.1", "localhost")) == "refused"
        assert await browser.run(FETCH % json.dumps(address)) == "refused"
        assert await browser.run(FRAME % json.dumps(address)) == "closed"
        assert any("frame-ancestors" in line for line in browser.console), browser.console
        await browser.open(address)
        await browser.wait_for("Begin")
        assert await browser.run(CONNECT % connection) == "open"


def test_the_need_for_chromium_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RuntimeError, match="apt-get install chromium"):
        require_chromium()
