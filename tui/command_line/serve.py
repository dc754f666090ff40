"""`preptrain serve`: the app in a browser, on this machine alone unless it is told otherwise."""

from __future__ import annotations

import asyncio

import click

from tui.command_line.context import FAILED, Context, pass_context, plain_errors
from tui.serving.guard import LOOPBACK, Guard, is_loopback, is_name, is_wildcard, new_token

SERVE_PACKAGES = ("aiohttp", "textual_serve")
INSTALL_SERVE = "pip install 'preptrain[serve]'"


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port; without it, any that is free. 端口，默认任取一个空闲端口。",
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    help="Listen on another address than 127.0.0.1. Whoever gets at the page can run code as you. "
    "监听其他地址；能打开页面的人就能以你的身份运行代码。",
)
@click.option(
    "--name",
    "names",
    metavar="HOST[:PORT]",
    multiple=True,
    help="A name under which the page is opened, such as that of a tunnel; may be repeated. "
    "浏览器访问时使用的主机名（如隧道地址），可重复。",
)
@pass_context
@plain_errors
def serve(context: Context, port: int, listen: str | None, names: tuple[str, ...]) -> None:
    """Show the app in a browser; Ctrl+C ends. 在浏览器中使用，Ctrl+C 结束。

    The address that is printed holds a secret: do not pass it on. 打印的地址含密钥，请勿外传。

    Example: preptrain serve --port 8000
    """
    try:
        from tui.serving import server
    except ModuleNotFoundError as error:
        if error.name not in SERVE_PACKAGES:
            raise
        context.fail(
            f"The browser needs one more package: {INSTALL_SERVE}",
            f"在浏览器中使用还需安装：{INSTALL_SERVE}",
        )
    from tui.serving.child import command

    address = listen or LOOPBACK
    for name in names:
        if not is_name(name):
            context.fail(
                f"--name {name} is no host: give such as study.example or study.example:8000.",
                f"--name {name} 不是主机名：应形如 study.example 或 study.example:8000。",
            )
    if is_wildcard(address) and not names:
        context.fail(
            f"--listen {address} is every address of this machine: tell by --name under which name the page is opened.",
            f"--listen {address} 表示本机所有地址，请用 --name 指明浏览器访问时用的主机名。",
        )
    if not is_loopback(address):
        context.say(
            f"Warning: {address} can be reached from other machines. Whoever learns the address below can run code "
            "as you, and the connection is not encrypted.",
            f"警告：其他机器可以访问 {address}。得到下面地址的人都能以你的身份运行代码，且连接未加密。",
            err=True,
        )
    context.places()  # a home that cannot be used is told here, not in the browser
    try:
        listening = server.bind(address, port)
    except OSError as error:
        from quizbank.errors import reason

        en, zh = reason(error)
        context.fail(
            f"Cannot listen on {address}, port {port}: {en}", f"无法监听 {address} 端口 {port}：{zh}", FAILED
        )
    own = names if is_wildcard(address) else (address, *names)
    guard = Guard(new_token(), listening.getsockname()[1], own)
    click.echo(url(guard))
    app = server.make_app(guard, command(context), context.language)
    asyncio.run(server.serve_until_told(app, listening))


def url(guard: Guard) -> str:
    """The address to open."""
    host = next(guard.with_port(guard.names or (LOOPBACK,)))
    return f"http://{host}/{guard.token}/"
