"""Reading Anki's text exports (Notes in Plain Text), by the headers that say what each column is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html import escape
from pathlib import Path

from quizbank.importing.anki_notes import Note, drafts
from quizbank.importing.drafts import Draft, ImportFailed
from quizbank.yaml_source import MAX_BYTES

SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
FIELD_LIMIT = 10_000_000


def read(path: Path) -> list[Draft]:
    raw = path.read_bytes()
    if len(raw) > 20 * MAX_BYTES:
        raise ImportFailed(f"{path} is larger than 100 MB", f"{path} 超过 100 MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportFailed(f"{path} is not UTF-8", f"{path} 不是 UTF-8 编码") from error
    headers, body = _split(text)
    return list(drafts(_notes(headers, body)))


def _split(text: str) -> tuple[dict[str, str], str]:
    headers: dict[str, str] = {}
    while text.startswith("#"):
        line, _, text = text.partition("\n")
        name, _, value = line[1:].rstrip("\r").partition(":")
        headers[name.strip().lower()] = value
    return headers, text


def _notes(headers: dict[str, str], body: str) -> Iterator[Note]:
    csv.field_size_limit(FIELD_LIMIT)
    separator = headers.get("separator", "").strip(" ")
    sign = SEPARATORS.get(separator.lower(), separator[:1]) or _guess(body)
    columns = {
        name: int(headers[f"{name} column"]) - 1
        for name in ("guid", "notetype", "deck", "tags")
        if headers.get(f"{name} column", "").strip().isdigit()
    }
    html = headers.get("html", "false").strip().lower() == "true"
    for row in csv.reader(io.StringIO(body, newline=""), delimiter=sign):
        if not any(row):
            continue

        def cell(name: str, row: list[str] = row) -> str:
            place = columns.get(name)
            return row[place] if place is not None and place < len(row) else headers.get(name, "")

        values = [value for place, value in enumerate(row) if place not in columns.values()]
        yield Note(
            cell("guid"),
            cell("notetype"),
            values if html else [escape(value, quote=False).replace("\n", "<br>") for value in values],
            cell("tags").split(),
            cell("deck"),
        )


def _guess(body: str) -> str:
    """As Anki does: of the signs in the first line, the likeliest."""
    first = body.partition("\n")[0]
    return next((sign for sign in "\t|;:, " if sign in first), "\t")
