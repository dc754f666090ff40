"""`preptrain keys`: every command of the app with its key, by the name under which the settings file can change it."""

from __future__ import annotations

import json

import click

from tui.command_line.context import Context, pass_context, plain_errors


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@pass_context
@plain_errors
def keys(context: Context, as_json: bool) -> None:
    """List the app's commands and keys. 列出应用的命令与按键。

    Another key goes into settings.json: {"keys": {"quiz.submit": "ctrl+j,f12"}}. 在 settings.json 中可改键。

    Example: preptrain keys --json
    """
    from rich.cells import cell_len

    from tui import settings
    from tui.commands import BY_ID, remap

    path = context.places().settings
    _, problems = remap(settings.load(path).settings.keys)
    if as_json:
        rows = [
            {
                "id": id_,
                "keys": [key for key in command.own_keys.split(",") if key],
                "en": command.help.en,
                "zh": command.help.zh,
            }
            for id_, command in BY_ID.items()
        ]
        click.echo(json.dumps({"version": 1, "settings": str(path), "commands": rows}, ensure_ascii=False))
        return
    for id_, command in BY_ID.items():
        labels = command.key_labels()
        click.echo(f"{id_:22}{labels}{' ' * max(1, 14 - cell_len(labels))}{command.help[context.language]}")
    for problem in problems:
        click.echo(problem[context.language], err=True)
