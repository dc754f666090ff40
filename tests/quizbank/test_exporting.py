"""Exports: what is in them, and that a file is whole or as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_support import ENVIRONMENT, NOON, answer, run_child

from quizbank.exporting import FORMATS, ExportError, export
from quizbank.exporting.csv_export import safe
from quizbank.record import Record, RecordError


class Question:
    topic = "pooling-role"
    rev = 1
    roles = ()
    drills = ()


class Bank:
    """As much of a bank as an export looks at."""

    questions = {"pool": Question()}  # noqa: RUF012
    track_of = {"pool": "cnn"}  # noqa: RUF012


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "record.db") as record:
        record.append(answer("q:pool", confidence=2, seed=7, seconds=12.5, detail={"answer": [0, 2]}))
        record.append(answer("q:gone", 1, 1, detail={"answer": "=HYPERLINK('http://x')\n最大"}))
        record.append(answer("d:lora", 2, 1, detail={"code": "def f():\n    …", "verdict": "wrong"}))
        record.undo(NOON + timedelta(days=3))
        yield record


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_holds_everything(record: Record, folder: Path) -> None:
    export("json", record, Bank(), folder / "me.json", now=NOON)
    text = (folder / "me.json").read_text("utf-8")
    assert "最大" in text, "readable"
    document = json.loads(text)
    assert list(document) == ["format", "version", "exported_at", "entries", "cards"]
    assert (document["format"], document["version"]) == ("preptrain-progress", 1)
    assert document["exported_at"] == "2026-11-23T04:00:00.000Z"
    entries = list(record.entries())
    assert [entry["id"] for entry in document["entries"]] == [entry.id for entry in entries]
    first = document["entries"][0]
    assert first == {
        "id": entries[0].id,
        "seq": entries[0].seq,
        "at": "2026-11-23T04:00:00.000Z",
        "offset_minutes": 480,
        "kind": "answer",
        "item": "q:pool",
        "rev": 1,
        "score": 1.0,
        "correct": True,
        "rating": 3,
        "confidence": 2,
        "seconds": 12.5,
        "seed": 7,
        "detail": {"answer": [0, 2]},
        "voids": None,
    }
    assert document["entries"][3]["kind"] == "undo"
    assert document["entries"][3]["voids"] == entries[2].id
    assert [card["item"] for card in document["cards"]] == ["q:gone", "q:pool"]
    assert document["cards"][1]["due"] == "2026-11-25"
    assert document["cards"][1]["last_review"] == "2026-11-23"


def test_csv_has_a_row_an_entry(record: Record, folder: Path) -> None:
    export("csv", record, Bank(), folder / "me.csv")
    data = (folder / "me.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    first, second, third, undo = rows(data.decode("utf-8"))
    assert (first["item"], first["track"], first["topic"]) == ("q:pool", "cnn", "pooling-role")
    assert (first["local_time"], first["answer"]) == ("2026-11-23T12:00:00.000+08:00", "[0,2]")
    assert (first["confidence"], first["seconds"], first["seed"]) == ("2", "12.5", "7")
    assert (second["track"], second["answer"]) == ("", "'=HYPERLINK('http://x')\n最大")
    assert json.loads(second["detail"]) == {"answer": "=HYPERLINK('http://x')\n最大"}
    assert (third["verdict"], third["voided"], first["voided"]) == ("wrong", "1", "0")
    assert (undo["kind"], undo["voids"], undo["rating"]) == ("undo", third["id"], "")


def test_csv_for_excel(record: Record, folder: Path) -> None:
    export("csv", record, None, folder / "me.csv", excel=True)
    data = (folder / "me.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,")
    assert rows(data.decode("utf-8-sig"))[0]["track"] == "", "without a bank"
    with pytest.raises(ExportError, match="excel goes with csv"):
        export("json", record, None, folder / "me.json", excel=True)


@pytest.mark.parametrize("cell", ["-480", "+1.5", "-3.2e-4", "-.5", 3, -2.5, None, "q:a", "", "1 - 2", "a=b"])
def test_numbers_and_common_text_survive(cell: object) -> None:
    assert safe(cell) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-2+3", "@x", " =1", "\t=1", "＝1", "-", "+a"])
def test_formulas_do_not_run(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    cell = safe(text)
    assert "\0" not in cell
    assert cell.lstrip()[:1] not in tuple("=@")


def test_every_format_says_what_it_is_for() -> None:
    assert {"json", "csv"} <= set(FORMATS)
    for form in FORMATS.values():
        assert "\n" not in form.description.en
        assert any("\u4e00" <= sign <= "\u9fff" for sign in form.description.zh)


def test_of_nothing(tmp_path: Path, folder: Path) -> None:
    with Record.open(tmp_path / "empty.db") as record:
        for form in FORMATS:
            export(form, record, None, folder / form)
    assert json.loads((folder / "json").read_text())["entries"] == []
    assert rows((folder / "csv").read_text()) == []


@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_a_terminal_can_send_is_exported(tmp_path: Path, folder: Path, form: str) -> None:
    nasty = "\ud800\0\x1b[31m\r\n\u2028\"',;"
    with Record.open(tmp_path / "nasty.db") as record:
        record.append(answer(detail={"answer": nasty, "deep": {"x": [nasty]}}))
        export(form, record, None, folder / form)
    text = (folder / form).read_bytes().decode("utf-8")
    if form == "json":
        assert json.loads(text)["entries"][0]["detail"]["answer"] == nasty
    else:
        assert "\x1b" not in text
        assert json.loads(rows(text)[0]["detail"])["answer"] == nasty


def test_an_unknown_format(record: Record, folder: Path) -> None:
    with pytest.raises(ExportError, match="no export format 'xml'; there are: json, csv"):
        export("xml", record, None, folder / "x")
    assert list(folder.iterdir()) == []


def test_an_existing_file_stays_without_force(record: Record, folder: Path) -> None:
    file = folder / "me.json"
    file.write_text("mine")
    file.chmod(0o640)
    with pytest.raises(ExportError, match="exists already") as caught:
        export("json", record, None, file)
    assert "已存在" in caught.value.zh
    assert file.read_text() == "mine"
    export("json", record, None, file, force=True)
    assert json.loads(file.read_text())["version"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(folder.iterdir()) == [file], "no temporary file is left"


@pytest.mark.skipif(os.name == "nt", reason="umask and links")
def test_a_new_file_is_as_any_other_and_a_link_stays_a_link(record: Record, folder: Path) -> None:
    (folder / "plain").touch()
    export("json", record, None, folder / "me.json")
    assert (folder / "me.json").stat().st_mode == (folder / "plain").stat().st_mode
    link = folder / "link"
    link.symlink_to(folder / "behind.json")
    export("json", record, None, link)
    assert link.is_symlink()
    assert (folder / "behind.json").exists()
    export("json", record, None, link, force=True)
    assert link.is_symlink()


def test_a_folder_as_target(record: Record, folder: Path) -> None:
    for force in (False, True):
        with pytest.raises(ExportError, match="is a folder"):
            export("json", record, None, folder, force)


def test_a_missing_folder(record: Record, folder: Path) -> None:
    with pytest.raises(ExportError, match=r"the folder .*none does not exist"):
        export("json", record, None, folder / "none" / "me.json")
    (folder / "file").touch()
    with pytest.raises(ExportError, match="a file stands where a folder should be"):
        export("json", record, None, folder / "file" / "me.json")


@pytest.mark.skipif(os.name == "nt", reason="device files")
def test_a_device_is_not_replaced(record: Record) -> None:
    with pytest.raises(ExportError, match="no ordinary file"):
        export("json", record, None, Path(os.devnull), force=True)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_record_that_breaks_midway_leaves_the_old_export(record: Record, folder: Path) -> None:
    file = folder / "me.json"
    export("json", record, None, file)
    before = file.read_bytes()
    record._db.execute("DROP TRIGGER log_is_fixed")
    record._db.execute("UPDATE log SET rating = 4 WHERE item = 'q:gone'")
    with pytest.raises(RecordError, match="checksum"):
        export("json", record, None, file, force=True)
    assert file.read_bytes() == before
    assert list(folder.iterdir()) == [file]
    record.append(answer("q:new"))  # the read transaction is over


def test_an_interruption_leaves_nothing(
    record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: Record) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Record, "cards", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export("json", record, None, folder / "me.json")
    assert list(folder.iterdir()) == []


EXPORT = """
import resource, signal, sys
from pathlib import Path
from quizbank.exporting import ExportError, export
from quizbank.record import Record
form, source, out, limit = sys.argv[1:]
with Record.open(Path(source)) as record:
    if int(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        export(form, record, None, Path(out) if out else None, force=True)
    except ExportError as error:
        print(error.en, error.zh, file=sys.stderr)
        sys.exit(3)
"""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A record whose export is larger than any pipe's or file's buffer."""
    path = tmp_path / "large.db"
    with Record.open(path) as record, record._writing():
        for number in range(300):
            record._insert(answer(f"q:{number}", detail={"answer": "词" * 1000}))
    return path


@pytest.mark.skipif(os.name == "nt", reason="resource limits")
@pytest.mark.parametrize("limit", [100, 100_000])
def test_no_room_for_the_file(large: Path, folder: Path, limit: int) -> None:
    file = folder / "me.json"
    file.write_text("mine")
    child = run_child(EXPORT, "json", large, file, limit)
    assert child.returncode == 3, child.stderr
    assert "cannot write" in child.stderr
    assert "size limit" in child.stderr
    assert "没有任何改动" in child.stderr
    assert file.read_text() == "mine"
    assert list(folder.iterdir()) == [file]


@pytest.mark.skipif(os.name == "nt", reason="permission bits")
def test_a_folder_that_may_not_be_written_to(large: Path, folder: Path) -> None:
    folder.chmod(0o500)
    child = run_child(EXPORT, "json", large, folder / "me.json", 0, unprivileged=True)
    folder.chmod(0o700)
    assert child.returncode == 3, child.stderr
    assert "permission denied" in child.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", ["json", "csv"])
def test_standard_output_is_utf8_in_any_locale(large: Path, folder: Path, form: str) -> None:
    ascii_only = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    child = run_child(EXPORT, form, large, "", 0, env=ascii_only, text=False)
    assert child.stderr == b""
    with Record.open(large) as record:
        if form == "csv":
            export(form, record, None, folder / "same")
            assert child.stdout == (folder / "same").read_bytes()  # type: ignore[comparison-overlap]
        else:
            assert len(json.loads(child.stdout)["entries"]) == 300


def test_captured_output(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    export("json", record, None, None)
    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_output_without_bytes(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stdout", said)
    export("json", record, None, None)
    assert json.loads(said.getvalue())["version"] == 1


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_closed_pipe_is_quiet(large: Path, form: str) -> None:
    command = [sys.executable, "-W", "error", "-c", EXPORT, form, str(large), "", "0"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert len(child.stdout.read(10)) == 10
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(timeout=20) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_standard_output_on_a_full_disk(large: Path) -> None:
    with open("/dev/full", "wb") as full:
        child = run_child(EXPORT, "json", large, "", 0, capture_output=False, stdout=full, stderr=-1)
    assert child.returncode == 3
    assert child.stderr.splitlines() == [
        "cannot write to standard output: the disk is full 无法写到标准输出：磁盘已满"
    ]


def test_entries_are_not_held_in_memory(large: Path, folder: Path) -> None:
    import tracemalloc

    with Record.open(large) as record:
        with record._writing():
            for number in range(3000):
                record._insert(answer(f"q:more{number}", detail={"answer": "x" * 3000}))
        tracemalloc.start()
        export("json", record, None, folder / "me.json")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    size = (folder / "me.json").stat().st_size
    assert size > 9_000_000
    assert peak < size * 0.6, f"{peak:,} bytes for a file of {size:,}"
