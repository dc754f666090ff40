"""The server of `preptrain serve`: who is let in, what the page is made of, what happens to a connection."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from tui.cli import main
from tui.command_line.context import Context
from tui.command_line.serve import url
from tui.serving import child, server
from tui.serving.guard import Guard, is_loopback, is_name, is_wildcard, new_token

TOKEN = "0" * 48

# Speaks as a Textual app does on textual-serve's driver: tells its size, then every packet that it is sent.
ECHO = """
import os, sys
def packet(kind, data):
    sys.stdout.buffer.write(kind + len(data).to_bytes(4, "big") + data); sys.stdout.buffer.flush()
sys.stdout.buffer.write(b"__GANGLION__\\n")
packet(b"D", f"size {os.environ['COLUMNS']} {os.environ['ROWS']}".encode())
while (head := sys.stdin.buffer.read(5)):
    data = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
    if b'"quit"' in data:
        open(sys.argv[0] + ".ended", "w").close()
        break
    packet(b"D", head[:1] + b" " + data)
"""


@asynccontextmanager
async def serving(tmp_path: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """A server whose app is ECHO, and a client with its origin; the address is that of the server."""
    script = tmp_path / "echo.py"
    script.write_text(ECHO, "utf-8")
    listening = server.bind("127.0.0.1", 0)
    guard = Guard(TOKEN, listening.getsockname()[1])
    runner = await server.begin(server.make_app(guard, f"exec {sys.executable} {script}", "zh"), listening)
    try:
        async with aiohttp.ClientSession() as client:
            yield client, f"http://127.0.0.1:{guard.port}"
    finally:
        await runner.cleanup()


# --- the guard


def test_hosts_and_origins() -> None:
    guard = Guard(TOKEN, 8000, ("study.example", "tunnel.example:443", "fd00::1"))
    for host in (
        "127.0.0.1:8000",
        "localhost:8000",
        "[::1]:8000",
        "STUDY.example:8000",
        "tunnel.example:443",
    ):
        assert guard.takes_host(host), host
    assert guard.takes_host("[fd00::1]:8000")
    for host in (None, "", "127.0.0.1", "127.0.0.1:8001", "evil.example:8000", "localhost.evil.example:8000"):
        assert not guard.takes_host(host), host
    assert Guard(TOKEN, 80).takes_host("localhost")
    assert guard.takes_origin("http://localhost:8000", "localhost:8000")
    assert guard.takes_origin("https://tunnel.example:443", "tunnel.example:443")
    for origin in (
        None,
        "",
        "null",
        "http://localhost:8001",
        "http://127.0.0.1:8000",
        "https://evil.example",
    ):
        assert not guard.takes_origin(origin, "localhost:8000"), origin


def test_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.1.2", "::", "example.org")))
    assert is_wildcard("0.0.0.0")
    assert is_wildcard("::")
    assert not is_wildcard("127.0.0.1")
    assert all(map(is_name, ("a", "a.b", "a.b:80", "127.0.0.1", "::1", "[::1]:80")))
    assert len({new_token() for _ in range(100)}) == 100
    assert len(TOKEN) == len(new_token())
    assert url(Guard("t", 8000)) == "http://127.0.0.1:8000/t/"
    assert url(Guard("t", 8000, ("tunnel.example:9",))) == "http://tunnel.example:9/t/"


# --- requests


async def test_the_page_is_whole_and_asks_nobody_else(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, base):
        async with client.get(f"{base}/{TOKEN}/") as response:
            assert response.status == 200
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Referrer-Policy"] == "no-referrer"
            page = await response.text()
        assert 'lang="zh"' in page
        for name in server.FILES:
            assert name == "mono.ttf" or f"files/{name}" in page
            async with client.get(f"{base}/{TOKEN}/files/{name}") as response:
                text = (await response.read()).decode("utf-8", "replace")
                assert response.status == 200
                assert len(text) > 100
            if name.startswith("page"):
                assert "//" not in text.replace("// Tells", "")
        assert "//" not in page


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 404),
        ("/wrong/", {}, 404),
        (f"/{TOKEN[1:]}/", {}, 404),
        ("/wrong/connection", {}, 404),
        ("/wrong/files/textual.js", {}, 404),
        (f"/{TOKEN}/files/..%2Fserver.py", {}, 404),
        (f"/{TOKEN}/files/none.js", {}, 404),
        (f"/{TOKEN}/", {"Host": "evil.example"}, 421),
        (f"/{TOKEN}/", {"Origin": "http://evil.example"}, 403),
        (f"/{TOKEN}/connection", {}, 403),  # no origin at all
        (f"/{TOKEN}/connection", {"Origin": "http://evil.example"}, 403),
        (f"/{TOKEN}/connection", {"Origin": "null"}, 403),
    ],
)
async def test_what_is_refused(path: str, headers: dict[str, str], status: int, tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as (client, base),
        client.get(base + path, headers=headers) as response,
    ):
        assert response.status == status
        assert TOKEN not in await response.text()
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_a_connection_carries_keys_and_sizes(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, base):
        address = f"{base}/{TOKEN}/connection"
        async with client.ws_connect(f"{address}?width=90&height=-3", origin=base) as socket:
            assert await socket.receive_bytes() == b"size 90 24"
            for nonsense in (
                "",
                "{}",
                "[]",
                "[[]]",
                "null",
                '["stdin"]',
                '["stdin", 3]',
                '["resize", 1]',
                "{",
            ):
                await socket.send_str(nonsense)
            await socket.send_json(["stdin", "是"])
            assert await socket.receive_bytes() == b"D " + "是".encode()
            await socket.send_json(["resize", {"width": 50, "height": 10**9}])
            told = json.loads((await socket.receive_bytes())[2:])
            assert told == {"type": "resize", "width": 50, "height": 24}
            await socket.send_json(["ping", "1"])
            assert await socket.receive_json() == ["pong", "1"]
    assert (tmp_path / "echo.py.ended").exists(), "the app is asked to end when the browser goes"


async def test_no_more_than_a_few_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_AT_ONCE", 1)
    async with serving(tmp_path) as (client, base):
        address = f"{base}/{TOKEN}/connection"
        async with client.ws_connect(address, origin=base) as socket:
            await socket.receive_bytes()
            with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                await client.ws_connect(address, origin=base)


# --- the command


def test_the_app_is_started_with_the_same_places(tmp_path: Path) -> None:
    command = child.command(Context(tmp_path / "a home", None, "zh"))
    assert command.startswith("exec ")
    assert f"--home '{tmp_path}/a home' --language zh" in command
    assert "--workspace" not in command
    assert TOKEN not in command


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_address_that_cannot_be_listened_on(language: str, home: Path) -> None:
    result = CliRunner().invoke(main, ["--language", language, "serve", "--listen", "203.0.113.9"])
    assert result.exit_code == 1
    assert ("Warning: 203.0.113.9" if language == "en" else "警告：其他机器可以访问") in result.output
    assert ("Cannot listen" if language == "en" else "无法监听") in result.output


@pytest.mark.parametrize("name", ["http://study.example", "a b", "", "study.example/x", "study:port"])
def test_a_name_that_is_none(name: str, home: Path) -> None:
    result = CliRunner().invoke(main, ["--language", "en", "serve", "--name", name])
    assert result.exit_code == 2
    assert "is no host" in result.output


def test_all_addresses_need_a_name(home: Path) -> None:
    result = CliRunner().invoke(main, ["--language", "en", "serve", "--listen", "0.0.0.0"])
    assert result.exit_code == 2
    assert "--name" in result.output


def test_without_the_extra(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "tui.serving.server")
    monkeypatch.delattr("tui.serving.server")
    result = CliRunner().invoke(main, ["--language", "en", "serve"])
    assert result.exit_code == 2
    assert "pip install 'preptrain[serve]'" in result.output
