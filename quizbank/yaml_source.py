"""YAML from strangers: limits first, then plain data, and the line and column of every value.

The file is read as a stream of parser events, so nothing is built from what the limits refuse, and
no recursion follows the file's own nesting. Keys are always text as written; of the words that
YAML 1.1 turns into something else behind the author's back (`no`, `12:30`, `010`), none passes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import yaml

from quizbank.problems import Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 30
MAX_PROBLEMS = 100  # of one file: who made more wants to see the first
CHINESE = "\u3000-\u303f\u3400-\u9fff\uff01-\uff60—…“”"  # with its punctuation

Path = tuple[str | int, ...]  # of keys and indices, from the root
Scalar = str | int | float | bool | date | None
Mark = tuple[int, int]  # line and column, from 1

UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORD_BOOLEAN = re.compile(r"yes|no|on|off", re.IGNORECASE)
SEXAGESIMAL = re.compile(r"[-+]?\d[\d_]*(:[0-5]?\d)+(\.\d*)?")
OCTAL = re.compile(r"[-+]?0[0-7_]+")

TAG = "tag:yaml.org,2002:"


class YamlError(Exception):
    """The file is no YAML that a bank may hold."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass
class Document:
    """What a file holds: plain data, and where each key and value stands."""

    data: Any = None
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    text: str = ""

    def locate(self, path: Path, *, at_key: bool = False) -> Mark:
        """The place of `path`, or of its nearest ancestor that exists."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def locate_word(self, path: Path, word: str) -> Mark:
        """The place of a word within the value at `path`; the value's own where it is not to be found."""
        line, column = self.locate(path)
        start = sum(len(one) for one in self.text.splitlines(keepends=True)[: line - 1]) + column - 1
        found = re.compile(rf"\b{re.escape(word)}\b").search(self.text, start) if word else None
        return _mark_after(self.text[: found.start()]) if found else (line, column)


def read_text(path: FilePath) -> str:
    """The file's text; raises YamlError for what is no readable, small enough UTF-8 file."""
    return decode(path, read_bytes(path))


def read_bytes(path: FilePath) -> bytes:
    """What the file holds; raises YamlError for what is no file, cannot be read or is too large."""
    try:
        if path.exists() and not path.is_file():
            raise _refused(path, "not a file")
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _refused(path, "no such file or folder") from None
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise _refused(path, f"cannot be read: {reason}") from None


def decode(path: FilePath, raw: bytes) -> str:
    """The text of these bytes; raises YamlError for what is too large, no UTF-8, or no text."""
    if len(raw) > MAX_BYTES:
        raise _refused(path, f"larger than {MAX_BYTES / 1e6:.0f} MB: split the file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise _refused(
            path, f"not UTF-8 (byte 0x{raw[error.start]:02x}): save the file as UTF-8", *_mark_after(before)
        ) from None
    if found := UNPRINTABLE.search(text):
        raise _refused(
            path,
            f"control character {found.group()!r}: remove it, or is this no text file?",
            *_mark_after(text[: found.start()]),
        )
    return text


def _refused(path: FilePath, message: str, line: int = 0, column: int = 0) -> YamlError:
    return YamlError([Problem(path, line, column, "", message)])


def _mark_after(text: str) -> Mark:
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def parse(path: FilePath, text: str, *, marks: bool = False) -> Document:
    """Build the plain data, and with `marks` the place of every value; raises YamlError."""
    builder = _Builder(path, text, marks)
    if marks:
        builder.document.text = text
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax_problem(path, text, error))
    except yaml.YAMLError as error:
        builder.problems.append(Problem(path, 1, 1, "", f"not YAML: {error}"))
    except _Stop:
        pass
    if not builder.problems and not builder.documents:
        builder.problems.append(Problem(path, 1, 1, "", "the file is empty"))
    if builder.problems:
        raise YamlError(builder.problems)
    return builder.document


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(text, Loader=loader)


def _syntax_problem(path: FilePath, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    said = " ".join(part for part in (error.context, error.problem) if part)
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: column + 1] and not here[:column].strip():
        said += "; indent with spaces, not with tabs"
    elif "mapping values are not allowed" in said:
        said += "; a text with ': ' in it must be quoted, or be a block (|, >-)"
    elif "unknown escape" in said:
        said += "; use single quotes or a block (|) where there is a backslash"
    return Problem(path, line + 1, column + 1, "", f"YAML: {said}")


class _Stop(Exception):
    """A limit was met: what follows is not looked at."""


@dataclass
class _Level:
    """One open list or mapping; `key` is the key that waits for its value."""

    into: list[Any] | dict[str, Any]
    path: Path
    key: str | None = None
    seen: dict[str, Mark] = field(default_factory=dict)


class _Builder:
    """Turns parser events into data."""

    def __init__(self, path: FilePath, text: str, marks: bool) -> None:
        self.path = path
        self.text = text
        self.marks = marks
        self.document = Document()
        self.documents = 0
        self.problems: list[Problem] = []
        self.stack: list[_Level] = []

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._report(event, f"*{event.anchor}: aliases are not allowed, write the text out")
            raise _Stop
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._report(event, "a second document (---): one file holds one")
                raise _Stop

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        level = self.stack[-1] if self.stack else None
        if level and isinstance(level.into, dict) and level.key is None:
            self._key(level, event)
        else:
            self._place(self._value(event), event)

    def _key(self, level: _Level, event: yaml.ScalarEvent) -> None:
        key = str(event.value)
        level.key = key
        if first := level.seen.get(key):
            self._report(event, f"duplicate key {key!r}, first on line {first[0]}, column {first[1]}")
        else:
            level.seen[key] = _mark(event)
        if self.marks:
            self.document.keys[(*level.path, key)] = _mark(event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self._report(event, f"nested deeper than {MAX_DEPTH} levels")
            raise _Stop
        level = self.stack[-1] if self.stack else None
        if level and isinstance(level.into, dict) and level.key is None:
            self._report(event, "a list or mapping as a key: is a text with {, [ or ? not quoted?")
            raise _Stop
        self._refuse_tag(event)
        into: list[Any] | dict[str, Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(into, event)
        self.stack.append(_Level(into, path))

    def _place(self, value: Any, event: yaml.NodeEvent) -> Path:
        """Put a value where it belongs; gives its path."""
        if not self.stack:
            self.document.data = value
            path: Path = ()
        else:
            level = self.stack[-1]
            if isinstance(level.into, dict):
                assert level.key is not None
                level.into[level.key] = value
                path = (*level.path, level.key) if self.marks else ()
                level.key = None
            else:
                level.into.append(value)
                path = (*level.path, len(level.into) - 1) if self.marks else ()
        if self.marks:
            self.document.values[path] = _mark(event)
        return path

    def _value(self, event: yaml.ScalarEvent) -> Scalar:
        """The scalar's value: text, unless it stands there plain and YAML takes it for more."""
        self._refuse_tag(event)
        written = str(event.value)
        start, end = event.start_mark, event.end_mark
        if start and end and end.line > start.line and event.style != "|":
            written = _unfold(written, self.text[start.index : end.index])
        if not event.implicit[0]:
            return written
        tag = _resolve(written)
        if tag is None:
            return written
        if tag == "bool" and WORD_BOOLEAN.fullmatch(written):
            self._report(event, f"YAML reads {written} as true or false: write '{written}' in quotes")
            return written
        if tag in ("int", "float") and (SEXAGESIMAL.fullmatch(written) or OCTAL.fullmatch(written)):
            self._report(event, f"YAML reads {written} as another number: write '{written}' in quotes")
            return written
        try:
            return _construct(tag, written)
        except ValueError:
            self._report(event, f"YAML takes {written[:40]} for a {tag}, but it is none: put it in quotes")
            return written

    def _refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None and event.tag != "!":
            self._report(event, f"the tag {event.tag.replace(TAG, '!!')} is not allowed")

    def _report(self, event: yaml.Event, message: str) -> None:
        self.problems.append(Problem(self.path, *_mark(event), "", message))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop


def _unfold(value: str, source: str) -> str:
    """Take out the spaces that folding put between Chinese characters, and beside full-width punctuation, at the ends of lines."""
    lines = [line.strip() for line in source.strip("'\"").splitlines()]
    for line, following in pairwise(lines):
        chinese = _CHINESE_END.search(line) and _CHINESE_START.match(following)
        if following and (chinese or _WIDE_END.search(line) or _WIDE_START.match(following)):
            before, after = line[-12:], following[:12]
            value = value.replace(f"{before} {after}", before + after)
    return value


_CHINESE_END = re.compile(f"[{CHINESE}]$")
_CHINESE_START = re.compile(f"[{CHINESE}]")
_WIDE_END = re.compile("[，。；：！？、（）《》「」『』]$")
_WIDE_START = re.compile("[，。；：！？、（）《》「」『』]")


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_BUILT = {f"{TAG}{name}": name for name in ("bool", "int", "float", "null", "timestamp")}


def _resolve(written: str) -> str | None:
    """What YAML 1.1 takes a plain scalar for, where that is not text."""
    for tag, pattern in _RESOLVERS.get(written[:1], ()):
        if pattern.match(written):
            return _BUILT.get(tag)
    return None


def _construct(tag: str, written: str) -> Scalar:
    node = yaml.ScalarNode(TAG + tag, written)
    value: Scalar = yaml.SafeLoader.yaml_constructors[TAG + tag](_CONSTRUCTOR, node)
    return value


_CONSTRUCTOR = yaml.SafeLoader("")
