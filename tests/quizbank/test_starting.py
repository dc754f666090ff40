"""A file to begin with is valid as it stands: for the loader, for the linter, and for an editor's schema."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from quizbank import yaml_source
from quizbank.lint import lint
from quizbank.loader import BANK, SCHEMAS, json_schema, load_bank
from quizbank.starting import CannotStart, start_file, start_pack
from tui.cli import main

TODAY = date(2026, 11, 30)


def plain(path: Path) -> object:
    """As an editor reads it: dates are texts in JSON."""
    return json.loads(json.dumps(yaml_source.parse(path, path.read_text("utf-8")).data, default=str))


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_a_new_file(tmp_path: Path) -> None:
    path, schema = start_file(tmp_path / "mine.yaml", "my-notes", TODAY)
    bank = load_bank([path])
    assert {question.kind for question in bank.questions.values()} == {"single", "numeric", "recall"}
    assert set(bank.track_of.values()) == {"my-notes"}
    assert lint(bank) == []
    first = path.read_text("utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={schema.name}"
    assert json.loads(schema.read_text("utf-8")) == json_schema()
    validator("bank").validate(plain(path))


def test_a_new_pack(tmp_path: Path) -> None:
    start_pack(tmp_path / "friend", "friend", TODAY)
    bank = load_bank([tmp_path / "friend"])
    assert all(id_.startswith("friend/") for id_ in bank.questions)
    assert lint(bank) == []
    assert bank.facts_used == {"WEIGHT_BYTES"}
    for name, file in (("bank", "questions.yaml"), ("facts", "facts.yaml"), ("manifest", "manifest.yaml")):
        path = tmp_path / "friend" / file
        assert path.read_text("utf-8").startswith(f"# yaml-language-server: $schema={name}.schema.json\n")
        validator(name).validate(plain(path))


def test_the_packaged_bank_keeps_to_the_schema() -> None:
    checks = {name: validator(name) for name in SCHEMAS}
    for path in BANK.rglob("*.yaml"):
        found = checks["facts" if path.name == "facts.yaml" else "bank"].iter_errors(plain(path))
        assert [f"{path.name}: {error.json_path}: {error.message[:200]}" for error in found] == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda data: data.pop("track"), "$"),
        (lambda data: data["questions"][0].update(id="pack/slug"), "$.questions[0]"),
        (lambda data: data["questions"][0].update(difficulty=9), "$.questions[0]"),
        (lambda data: data["questions"][0].update(kind="singel"), "$.questions[0]"),
        (lambda data: data["questions"][0].update(unknown=1), "$.questions[0]"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(tmp_path: Path, change: object, path: str) -> None:
    file, _ = start_file(tmp_path / "mine.yaml", "mine", TODAY)
    data = plain(file)
    assert isinstance(data, dict)
    assert callable(change)
    change(data)
    assert path in {error.json_path for error in validator("bank").iter_errors(data)}


def test_nothing_that_is_there_is_touched(tmp_path: Path) -> None:
    path, schema = start_file(tmp_path / "mine.yaml", "mine", TODAY)
    path.write_text("mine", encoding="utf-8")
    schema.write_text("old", encoding="utf-8")
    with pytest.raises(CannotStart, match="is there already"):
        start_file(path, "mine", TODAY)
    assert path.read_text("utf-8") == "mine"
    start_file(tmp_path / "other.yaml", "mine", TODAY)
    assert json.loads(schema.read_text("utf-8")) == json_schema()
    with pytest.raises(CannotStart, match="is there already"):
        start_pack(tmp_path, "mine", TODAY)
    with pytest.raises(CannotStart, match="cannot write"):
        start_file(path / "in" / "a-file.yaml", "mine", TODAY)


# --- the commands


def run(home: Path, *arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "--language", language, *arguments])


def test_new_check_show_and_dump(tmp_path: Path) -> None:
    done = run(tmp_path, "bank", "new", "notes")
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "bank" / "notes.yaml") in done.output
    assert run(tmp_path, "bank", "new", "friend", "--pack").exit_code == 0
    done = run(tmp_path, "bank", "check", "--lint")
    assert done.exit_code == 0, done.output
    assert f"{len(load_bank().questions) + 6} questions, all in order." in done.output
    assert "logits" in run(tmp_path, "bank", "show", "own/softmax-shift").output
    assert (
        "7 × 2 = 14" in run(tmp_path, "bank", "show", "friend/weights-in-half-precision", "--answer").output
    )
    rows = json.loads(run(tmp_path, "bank", "dump", "--json").output)["questions"]
    assert {"own/why-warm-up", "friend/why-warm-up"} <= {row["id"] for row in rows}
    assert {row["track"] for row in rows if "/" in row["id"]} == {"notes", "friend"}


def test_names_are_refused_in_both_languages(tmp_path: Path) -> None:
    for arguments in (("../up",), ("Not A Name",), ("own", "--pack"), ("a", "--track", "B")):
        assert run(tmp_path, "bank", "new", *arguments).exit_code == 2
    assert "保留名" in run(tmp_path, "bank", "new", "own", "--pack", language="zh").output
    assert not (tmp_path / "bank").exists()
    run(tmp_path, "bank", "new", "a")
    done = run(tmp_path, "bank", "new", "a", language="zh")
    assert (done.exit_code, "已存在" in done.output) == (2, True)


def test_all_faults_at_once_with_their_places(tmp_path: Path) -> None:
    run(tmp_path, "bank", "new", "notes")
    path = tmp_path / "bank" / "notes.yaml"
    content = (
        path.read_text("utf-8")
        .replace("difficulty: 2 ", "difficulty: 7 ")
        .replace("seconds: 45", "secnds: 45")
    )
    path.write_text(content.replace('answer: "n * bytes"', 'answer: "n * byts"'), encoding="utf-8")
    (tmp_path / "bank" / "bad.zip").write_bytes(b"")
    done = run(tmp_path, "bank", "check")
    assert done.exit_code == 1
    for words in (
        "bad.zip: cannot be read as a zip",
        "softmax-shift.difficulty: input should be less than or equal to 5",
        "no such field; did you mean 'seconds'?",
        "weights-in-half-precision.answer: no such name 'byts'; did you mean 'bytes'?",
        "4 problem(s).",
    ):
        assert words in done.output
    for name, word in (("secnds", "secnds"), ("answer", "byts")):
        (line,) = (one for one in done.output.splitlines() if f".{name}: no such" in one)
        row, column = map(int, line.removeprefix(f"{path}:").split(":")[:2])
        assert path.read_text("utf-8").splitlines()[row - 1][column - 1 :].startswith(word)
    assert "4 处问题" in run(tmp_path, "bank", "check", language="zh").output
    done = run(tmp_path, "bank", "show", "own/why-warm-up")
    assert "warmed up" in done.output
    assert "4 problem(s) in your own questions" in done.stderr


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_schema_is_printed(tmp_path: Path, name: str) -> None:
    assert json.loads(run(tmp_path, "bank", "schema", "--of", name).output) == json_schema(name)


def test_questions_can_be_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    home = tmp_path / "a-file"
    home.write_text("no folder", encoding="utf-8")
    assert run(home, "bank", "show", "lora-trainable-share").exit_code == 0
    assert len(json.loads(run(home, "bank", "dump", "--json").output)["questions"]) > 400
    assert run(home, "bank", "new").exit_code == 2
