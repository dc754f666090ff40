"""The web server: one page, its files, and a connection that runs the app; every request passes the guard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import textual_serve
from aiohttp import WSCloseCode, WSMsgType, web
from jinja2 import Environment, FileSystemLoader
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tui.serving.guard import Guard

PAGE = Path(__file__).parent / "page"
LIBRARY = Path(textual_serve.__file__).parent / "static"
FILES = {
    "page.css": PAGE / "page.css",
    "page.js": PAGE / "page.js",
    "xterm.css": LIBRARY / "css" / "xterm.css",
    "textual.js": LIBRARY / "js" / "textual.js",
    "mono.ttf": LIBRARY / "fonts" / "RobotoMono-VariableFont_wght.ttf",
}
MOST_AT_ONCE = 8
SIZE = range(1, 1001)  # cells, either way
ENDING = 10.0  # seconds the app has to end by itself

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
guard_key = web.AppKey("guard", Guard)
command_key = web.AppKey("command", str)
language_key = web.AppKey("language", str)
open_key = web.AppKey("open", set[web.WebSocketResponse])


def make_app(guard: Guard, command: str, language: str) -> web.Application:
    """The application; `command` starts the app for each connection."""
    app = web.Application(middlewares=[_guarded])
    app[guard_key], app[command_key], app[language_key] = guard, command, language
    app[open_key] = set()
    app.router.add_get("/{token}/", _page)
    app.router.add_get("/{token}/connection", _connection)
    app.router.add_get("/{token}/files/{name}", _file)
    app.on_shutdown.append(_close_all)
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what is not from our own page; an unknown path says no more than a wrong token."""
    guard = request.app[guard_key]
    host = request.headers.get("Host")
    if not guard.takes_host(host):
        response: web.StreamResponse = web.Response(
            status=421, text="This server is not known by that name.\n"
        )
    elif "Origin" in request.headers and not guard.takes_origin(request.headers["Origin"], host or ""):
        response = web.Response(status=403, text="Another site may not use this server.\n")
    elif not guard.knows(request.match_info.get("token", "")):
        response = web.Response(status=404, text="Open the address that `preptrain serve` printed.\n")
    else:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _page(request: web.Request) -> web.Response:
    pages = Environment(loader=FileSystemLoader(PAGE), autoescape=True)
    text = pages.get_template("index.html").render(language=request.app[language_key])
    return web.Response(text=text, content_type="text/html")


async def _file(request: web.Request) -> web.StreamResponse:
    path = FILES.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path)


async def _connection(request: web.Request) -> web.StreamResponse:
    """Run the app for as long as the browser stays."""
    guard = request.app[guard_key]
    if not guard.takes_origin(request.headers.get("Origin"), request.headers.get("Host", "")):
        raise web.HTTPForbidden  # a browser always names the origin here: without one it is another program
    connections = request.app[open_key]
    if len(connections) >= MOST_AT_ONCE:
        raise web.HTTPServiceUnavailable
    browser = web.WebSocketResponse(heartbeat=15, max_msg_size=4 * 1024 * 1024)
    connections.add(browser)
    try:
        await browser.prepare(request)
        await _run_app(request, browser)
    finally:
        connections.discard(browser)
    return browser


async def _run_app(request: web.Request, browser: web.WebSocketResponse) -> None:
    service = AppService(
        request.app[command_key],
        write_bytes=_unless_closed(browser.send_bytes),
        write_str=_unless_closed(browser.send_str),
        close=_closing(browser),
        download_manager=DownloadManager(),
    )
    await service.start(_cells(request.query.get("width"), 80), _cells(request.query.get("height"), 24))
    try:
        async for message in browser:
            if message.type == WSMsgType.TEXT:
                await pass_on(message.data, service, browser)
    finally:
        await _end(service)


async def pass_on(text: str, service: AppService, browser: web.WebSocketResponse) -> None:
    """One message of the page to the app; what is none of the known ones is dropped."""
    try:
        kind, *rest = json.loads(text)
    except (ValueError, TypeError):
        return
    data = rest[0] if rest else None
    if kind == "stdin" and isinstance(data, str):
        await service.send_bytes(data.encode("utf-8", "surrogatepass"))
    elif kind == "resize" and isinstance(data, dict):
        await service.set_terminal_size(_cells(data.get("width"), 80), _cells(data.get("height"), 24))
    elif kind == "ping" and isinstance(data, str):
        await browser.send_json(["pong", data])
    elif kind == "blur":
        await service.blur()
    elif kind == "focus":
        await service.focus()


def _cells(value: object, default: int) -> int:
    try:
        number = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return default
    return number if number in SIZE else default


def _unless_closed(send: Callable[[T], Awaitable[None]]) -> Callable[[T], Awaitable[None]]:
    """The app may still draw after the page has gone."""

    async def sending(data: T) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            await send(data)

    return sending


def _closing(browser: web.WebSocketResponse) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        await browser.close()

    return close


async def _end(service: AppService) -> None:
    """Ask the app to end, so that it keeps what is half written; end it where it does not."""
    process = service._process
    try:
        await asyncio.wait_for(service.stop(), ENDING)
    except TimeoutError:
        if process is not None and process.returncode is None:
            process.kill()
    if process is not None:
        await process.wait()


async def _close_all(app: web.Application) -> None:
    connections = app[open_key]
    for one in tuple(connections):
        await one.close(code=WSCloseCode.GOING_AWAY, message=b"the server ends")


def bind(address: str, port: int) -> socket.socket:
    """A socket that listens, so that its port is known before the first request; raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address.strip("[]"), port), family=family)


async def begin(app: web.Application, listening: socket.socket) -> web.AppRunner:
    """Begin to serve; the runner's `cleanup` ends it, the apps that run with it."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=ENDING)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    return runner


async def serve_until_told(app: web.Application, listening: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    runner = await begin(app, listening)
    try:
        await ended.wait()
    finally:
        await runner.cleanup()
