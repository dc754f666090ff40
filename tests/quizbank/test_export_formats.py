"""The progress exports as their pages describe them: each is read back by a program that is not ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pandas as pd
import pyarrow.parquet
import pytest
from record_support import ENVIRONMENT, NOON, answer

import quizbank.exporting
from quizbank.exporting import FORMATS, export
from quizbank.loader import load_bank
from quizbank.record import Record

PAGES = Path(quizbank.exporting.__file__).with_name("formats")
BANK = load_bank()
NAMES = {
    "json": "progress.json",
    "jsonl": "log.jsonl",
    "csv": "progress.csv",
    "checks-csv": "checks.csv",
    "parquet": "progress.parquet",
    "ical": "reviews.ics",
}
SNIPPETS = [name for name in NAMES if "```python" in (PAGES / f"{name}.md").read_text("utf-8")]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    items = list(BANK.questions)[:12]
    with Record.open(tmp_path / "record.db") as record:
        for day in range(-40, 0, 2):
            for place, item in enumerate(items):
                right = (day + place) % 3 > 0
                entry = answer(f"q:{item}", day, 3 if right else 1, confidence=1 + place % 3)
                record.append(entry)
        wrong = {"code": "…", "verdict": "wrong", "attempt": 1, "hints": 0, "diagnosis": "bm25/no-idf"}
        record.append(
            answer("d:bm25", -1, 1, detail={**wrong, "checks": {"values": "failed", "idf": "not_run"}})
        )
        record.append(answer("d:bm25", -0.9, 1, detail={"verdict": "gave_up", "attempt": 1, "hints": 1}))
        record.undo(NOON)
        record.change_setting("goal", {"day": "2026-12-15", "role": None}, NOON)
        yield record


def schema() -> dict[str, object]:
    return json.loads((PAGES / "progress.schema.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_json_follows_its_schema(record: Record, tmp_path: Path) -> None:
    export("json", record, BANK, tmp_path / "me.json", now=NOON)
    document = json.loads((tmp_path / "me.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema())
    validator = jsonschema.Draft202012Validator(schema())
    assert list(validator.iter_errors(document)) == []
    assert {entry["kind"] for entry in document["entries"]} == {"answer", "undo"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", 1.5),
        ("rating", 0),
        ("at", "yesterday"),
        ("item", "x:y"),
        ("confidence", 4),
        ("voids", "id"),
        ("new", 1),
    ],
)
def test_the_schema_refuses_what_is_not_an_entry(
    record: Record, tmp_path: Path, field: str, value: object
) -> None:
    export("json", record, BANK, tmp_path / "me.json", now=NOON)
    document = json.loads((tmp_path / "me.json").read_text("utf-8"))
    document["entries"][0][field] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())


def test_parquet_has_typed_columns(record: Record, tmp_path: Path) -> None:
    export("parquet", record, BANK, tmp_path / "me.parquet", now=NOON)
    table = pyarrow.parquet.read_table(tmp_path / "me.parquet")
    assert table.schema.metadata[b"preptrain"] == b"progress 1"
    frame = table.to_pandas()
    log = list(record.entries())
    assert list(frame["id"]) == [entry.id for entry in log]
    assert [moment.to_pydatetime() for moment in frame["at"]] == [entry.at for entry in log]
    assert list(frame["correct"]) == [entry.correct for entry in log]
    assert [json.loads(detail) for detail in frame["detail"]] == [entry.detail for entry in log]
    assert list(frame[frame["voided"]]["id"]) == [log[-2].id]
    assert frame["seed"].isna().all()


def test_a_row_an_attempt_and_check(record: Record, tmp_path: Path) -> None:
    export("checks-csv", record, BANK, tmp_path / "checks.csv", excel=True)
    assert (tmp_path / "checks.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(tmp_path / "checks.csv")
    assert list(frame["item"]) == ["d:bm25"] * 3
    assert list(frame["check"].fillna("")) == ["values", "idf", ""]
    assert list(frame["state"].fillna("")) == ["failed", "not_run", ""]
    assert list(frame["verdict"]) == ["wrong", "wrong", "gave_up"]
    assert list(frame["voided"]) == [0, 0, 1]
    assert list(frame["diagnosis"].fillna("")) == ["bm25/no-idf", "bm25/no-idf", ""]


def test_drills_have_their_track_and_count_in_the_report(record: Record, tmp_path: Path) -> None:
    drills = [Drill("bm25", "rag", ("bm25-rrf-rerank",))]
    export("csv", record, BANK, tmp_path / "me.csv", drills=drills)
    frame = pd.read_csv(tmp_path / "me.csv")
    of_drill = frame[frame["item"] == "d:bm25"]
    assert set(of_drill["track"]) == {"rag"}
    assert set(of_drill["topic"]) == {"bm25-rrf-rerank"}
    for name, given in (("without", ()), ("with", drills)):
        export("markdown", record, BANK, tmp_path / name, now=NOON, drills=given)
    rows = [
        next(line for line in (tmp_path / name).read_text("utf-8").splitlines() if line.startswith("| RAG"))
        for name in ("without", "with")
    ]
    seen = [tuple(map(int, row.split("|")[2].split("/"))) for row in rows]
    assert seen[1] == (seen[0][0] + 1, seen[0][1] + 1)


class Drill(NamedTuple):
    id: str
    track: str
    topics: tuple[str, ...]


class Page(HTMLParser):
    """The parts of a page that could reach outside it, and whether its elements close."""

    VOID = frozenset({"meta", "rect", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.reaching: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.bars: list[float] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.reaching += [(tag, name) for name in ("src", "href", "srcset") if values.get(name)]
        self.reaching += [(tag, "")] if tag in ("script", "link", "iframe") else []
        if values.get("class") == "bar" and "x" not in values:
            self.bars.append(float(values["width"] or ""))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in self.VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)


def test_the_page_stands_alone_and_says_what_the_report_says(record: Record, tmp_path: Path) -> None:
    export("html", record, BANK, tmp_path / "me.html", now=NOON)
    export("markdown", record, BANK, tmp_path / "me.md", now=NOON)
    text = (tmp_path / "me.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.reaching == []
    assert "url(" not in text
    assert "@import" not in text
    words = " ".join(page.words)
    report = (tmp_path / "me.md").read_text("utf-8")
    for title in re.findall(r"^## (.+)$", report, re.MULTILINE):
        en, zh = title.split(" · ")
        assert en in words
        assert zh in words
    assert re.findall(r"\d+%", report) == re.findall(r"\d+%", words)
    assert page.bars
    assert all(0 <= width <= 100 for width in page.bars)
    year = re.findall(r"<title>(\d{4}-\d\d-\d\d): (\d+)</title>", text)
    assert len(year) in range(365, 372)
    assert sum(int(count) for _, count in year) == 12 * 20 + 1


def test_names_in_the_record_are_no_markup(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        record.append(
            answer("d:bm25", -1, 1, detail={"verdict": "wrong", "diagnosis": "<script>alert(1)</script>"})
        )
        export("html", record, BANK, tmp_path / "me.html", now=NOON)
    text = (tmp_path / "me.html").read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_every_format_has_its_page() -> None:
    for name in FORMATS:
        page = PAGES / ("anki.md" if name == "anki-text" else f"{name}.md")
        said = page.read_text("utf-8")
        assert f"`{name}`" in said or f"export {name} " in said
        assert f"preptrain export {name}" in said
        assert re.search("[\u4e00-\u9fff]", said)


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_snippet_of_a_page_runs(record: Record, tmp_path: Path, name: str) -> None:
    export(name, record, BANK, tmp_path / NAMES[name], now=NOON)
    (snippet,) = re.findall(r"```python\n(.*?)```", (PAGES / f"{name}.md").read_text("utf-8"), re.DOTALL)
    ran = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=tmp_path,
        env={**ENVIRONMENT, "MPLBACKEND": "agg", "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    if name == "csv":
        assert (tmp_path / "retention.png").read_bytes().startswith(b"\x89PNG")
        shares = dict(re.findall(r"^(\S+) +(\d\.\d+) +\d+$", ran.stdout, re.MULTILINE))
        assert set(shares) == {"2–3"}, "every item was seen again after two days"
        assert float(shares["2–3"]) == pytest.approx(2 / 3, abs=0.05)
    else:
        assert ran.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "checks-csv", "parquet"])
def test_rows_are_not_held_in_memory(tmp_path: Path, form: str) -> None:
    """30 MB of log pass through; what is held is a page of it (pyarrow's own memory: a row group)."""
    with Record.open(tmp_path / "large.db") as record:
        with record._writing():
            for number in range(10_000):
                detail = {"verdict": "wrong", "checks": {"values": "failed"}, "code": f"{number}" * 700}
                record._insert(answer(f"d:{number}", detail=detail))
        export(form, record, None, tmp_path / "once")  # what is imported at first use is not the matter here
        tracemalloc.start()
        export(form, record, None, tmp_path / "me")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 15_000_000, f"{peak:,} bytes"


def test_undone_long_ago_is_still_marked(tmp_path: Path) -> None:
    with Record.open(tmp_path / "record.db") as record:
        first = record.append(answer("q:a")) and next(record.entries())
        record.undo(NOON + timedelta(days=1))
        record.append(answer("q:b", 2))
        export("parquet", record, None, tmp_path / "me.parquet")
    frame = pd.read_parquet(tmp_path / "me.parquet")
    assert list(frame["voided"]) == [True, False, False]
    assert frame["voids"][1] == first.id
