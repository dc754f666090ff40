"""A headless Chromium for tests, driven by its DevTools protocol: keys in, the requests and what is drawn out."""

from __future__ import annotations

import asyncio
import base64
import codecs
import json
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import aiohttp
from cells import Cells

PATIENCE = 60.0
NAMES = ("chromium", "chromium-browser", "google-chrome")


def require_chromium() -> str:
    """Its path; says what to do where it is missing: the test is too important to be skipped in silence."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RuntimeError("the browser test needs Chromium: apt-get install chromium")
    return found


class Browser:
    """One page; `async with Browser() as browser`. What it asked for and what came over websockets is kept."""

    def __init__(self, width: int = 1000, height: int = 700) -> None:
        self.asked: list[str] = []
        """The address of every request, websockets with them."""
        self.console: list[str] = []
        """What the page logged, and its errors."""
        self.size = (width, height)
        self._cells = Cells()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._news = asyncio.Event()
        self._loaded = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._folder = tempfile.mkdtemp(prefix="ptb")
        options = [
            "--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={self._folder}",
            f"--window-size={self.size[0]},{self.size[1]}", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader",
            # Nothing but this machine can be reached by a name, so that a request elsewhere fails as it does offline.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ]  # fmt: skip
        with (Path(self._folder) / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [require_chromium(), *options, "about:blank"], stdout=log, stderr=log, start_new_session=True
            )
        self._session = aiohttp.ClientSession()
        port = await self._port()
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as response:
            page = next(one for one in await response.json() if one["type"] == "page")
        self._socket = await self._session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.tell(f"{domain}.enable")
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(Exception):
            await asyncio.wait_for(self.tell("Browser.close"), 5)
        self._reader.cancel()
        await self._socket.close()
        await self._session.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _port(self) -> int:
        file = Path(self._folder) / "DevToolsActivePort"
        async with asyncio.timeout(PATIENCE):
            while True:
                if file.exists() and (lines := file.read_text().split()):
                    return int(lines[0])
                if self._process.poll() is not None:
                    raise RuntimeError((Path(self._folder) / "log").read_text("utf-8", "replace"))
                await asyncio.sleep(0.05)

    async def tell(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol, and its result."""
        self._number += 1
        reply = self._replies[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        return await reply

    async def _read(self) -> None:
        async for message in self._socket:
            data = json.loads(message.data)
            if "id" in data:
                reply = self._replies.pop(data["id"])
                if "error" in data:
                    reply.set_exception(RuntimeError(str(data["error"])))
                else:
                    reply.set_result(data["result"])
            else:
                self._take(data["method"], data["params"])

    def _take(self, method: str, data: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(data["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(data["url"])
        elif method == "Network.webSocketFrameReceived" and data["response"]["opcode"] == 2:
            self._cells.feed(self._decode(base64.b64decode(data["response"]["payloadData"])))
        elif method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Runtime.consoleAPICalled":
            self.console.append(" ".join(str(one.get("value")) for one in data["args"]))
        elif method == "Runtime.exceptionThrown":
            self.console.append(json.dumps(data["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.console.append(data["entry"]["text"])
        self._news.set()

    # --- what a test does

    async def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded."""
        self._loaded.clear()
        await self.tell("Page.navigate", url=address)
        async with asyncio.timeout(PATIENCE):
            await self._loaded.wait()

    async def run(self, script: str) -> Any:
        """The value of a script in the page; a promise is awaited."""
        done = await self.tell("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    async def press(self, *keys: str) -> None:
        """One key after the other: a character, `Enter`, `Escape`, or a letter with `Control+`."""
        for name in keys:
            *control, key = name.split("+") if len(name) > 1 else [name]
            code = {"Enter": 13, "Escape": 27}.get(key) or ord(key.upper())
            text = "" if control else {"Enter": "\r", "Escape": ""}.get(key, key)
            about = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if control else 0}
            await self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
            await self.tell("Input.dispatchKeyEvent", type="keyUp", **about)

    def screen(self) -> str:
        """The characters that the app has drawn."""
        return self._cells.text()

    async def wait_for(self, *texts: str, other_than: str = "") -> str:
        """The screen as soon as it shows one of `texts`, and is not `other_than`."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (screen := self.screen()) == other_than or not any(text in screen for text in texts):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"none of {texts} on:\n{self.screen()}\n{self.console}") from None
        return screen

    async def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode((await self.tell("Page.captureScreenshot", format="png"))["data"])
