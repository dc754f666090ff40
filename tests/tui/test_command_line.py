"""The subcommands: what they print, what they record, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drills.catalog import find_drill, load_catalog
from quizbank.loader import load_bank
from tui.cli import main

SOLUTION = find_drill("attention").solution
WRONG = SOLUTION.replace("np.where(mask, scores, -np.inf)", "scores")


def preptrain(*arguments: str, language: str = "en") -> Result:
    result = CliRunner().invoke(main, ["--language", language, *arguments], prog_name="preptrain")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def write(folder: Path, text: str) -> str:
    path = folder / "mine.py"
    path.write_text(text, "utf-8")
    return str(path)


def test_every_command_has_help_in_both_languages_with_an_example() -> None:
    def walk(command: object, path: list[str]) -> None:
        result = CliRunner().invoke(main, [*path, "--help"])
        assert result.exit_code == 0
        assert any("一" <= letter <= "鿿" for letter in result.output), path
        assert "--help" in result.output
        names = getattr(command, "list_commands", None)
        if names is None:
            assert f"Example: preptrain {' '.join(path)}" in " ".join(result.output.split()), path
            return
        for name in names(None):
            walk(command.get_command(None, name), [*path, name])  # type: ignore[attr-defined]

    walk(main, [])


@pytest.mark.parametrize(
    ("source", "code", "verdict"),
    [
        (SOLUTION, 0, "pass"),
        (WRONG, 1, "wrong"),
        ("def attention(:", 1, "error"),
        ("raise SystemExit(0)", 1, "crashed"),
        ("import os", 1, "forbidden"),
    ],
)
def test_check_a_file(source: str, code: int, verdict: str, tmp_path: Path, home: Path) -> None:
    result = preptrain("drill", "check", "attention", "--solution", write(tmp_path, source), "--json")
    assert result.exit_code == code
    report = json.loads(result.stdout)
    assert report["schema_version"] == 1
    assert report["verdict"] == verdict
    assert (report["failure"] is None) == (code == 0)
    assert not (home / "record.db").exists()  # another's file is not the learner's attempt


def test_the_counterexample_is_printed_in_either_language(tmp_path: Path) -> None:
    file = write(tmp_path, WRONG)
    english = preptrain("drill", "check", "attention", "--solution", file)
    assert "✗ Wrong answer" in english.stdout
    assert "expected =" in english.stdout
    chinese = preptrain("drill", "check", "attention", "--solution", file, language="zh")
    assert "✗ 答案错误" in chinese.stdout
    assert "应为 =" in chinese.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["drill", "check", "nope"], "no drill 'nope'"),
        (["drill", "check", "attention"], "preptrain drill start attention"),
        (["drill", "check", "attention", "--solution", "/no/such.py"], "cannot read /no/such.py"),
        (["drill", "solution", "attention"], "--give-up"),
        (["drill", "hint", "nope"], "no drill"),
        (["drill", "check", "attention", "--seed", "x"], "--seed"),
        (["export", "pdf"], "'json', 'csv'"),
        (["bank", "dump"], "--json"),
        (["nonsense"], "No such command"),
        ([], "needs a terminal"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], words: str) -> None:
    result = preptrain(*arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_a_grader_fault_exits_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from drills.grading import client

    monkeypatch.setattr(client, "missing_backend", lambda backend: client.Text(en="no torch", zh="缺"))
    result = preptrain("drill", "check", "attention", "--solution", write(tmp_path, SOLUTION), "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["verdict"] == "grader_fault"


def test_a_drill_from_start_to_solution(home: Path) -> None:
    started = preptrain("drill", "start", "attention")
    path = home / "workspace" / "attention.py"
    assert str(path) in started.stdout
    assert preptrain("drill", "check", "attention").exit_code == 1
    assert "[1/3]" in preptrain("drill", "hint", "attention").stdout
    assert "[2/3]" in preptrain("drill", "hint", "attention", language="zh").stdout
    path.write_text(SOLUTION, "utf-8")
    assert preptrain("drill", "check", "attention").exit_code == 0
    assert preptrain("drill", "solution", "attention").stdout == SOLUTION
    (row,) = [row for row in preptrain("drill", "list").stdout.splitlines() if row.startswith("attention ")]
    assert row.split()[-1] == "solved"
    rows = list(csv.DictReader(io.StringIO(preptrain("export", "csv").stdout)))
    assert [(row["item"], row["score"], row["verdict"]) for row in rows] == [
        ("d:attention", "0.0", "error"),
        ("d:attention", "1.0", "pass"),
    ]
    assert json.loads(rows[1]["detail"])["code"] == SOLUTION
    assert json.loads(rows[1]["detail"])["hints"] == 2
    assert "attention." in preptrain("drill", "reset", "attention").stdout
    assert "NotImplementedError" in path.read_text("utf-8")


def test_giving_up_shows_the_solution_and_counts() -> None:
    assert preptrain("drill", "solution", "attention", "--give-up").stdout == SOLUTION
    assert preptrain("drill", "solution", "attention").exit_code == 0
    data = json.loads(preptrain("export", "json").stdout)
    assert [(entry["item"], entry["score"]) for entry in data["entries"]] == [("d:attention", 0.0)]


def test_stats_of_an_empty_record() -> None:
    found = json.loads(preptrain("stats", "--json").stdout)
    assert found["answers"] == 0
    assert found["drills_total"] == len(load_catalog())
    assert "今天 0 次作答" in preptrain("stats", language="zh").stdout


def test_export_to_a_file_is_refused_where_one_is(tmp_path: Path) -> None:
    out = tmp_path / "progress.json"
    assert preptrain("export", "json", "-o", str(out)).exit_code == 0
    before = out.read_bytes()
    again = preptrain("export", "json", "-o", str(out))
    assert again.exit_code == 2
    assert out.read_bytes() == before
    assert preptrain("export", "json", "-o", str(out), "--force").exit_code == 0


def test_lists_for_programs() -> None:
    drills = json.loads(preptrain("drill", "list", "--json").stdout)["drills"]
    assert {drill["id"] for drill in drills} == set(load_catalog())
    assert all(drill["track"] for drill in drills)
    questions = json.loads(preptrain("bank", "dump", "--json").stdout)["questions"]
    assert len(questions) == len(load_bank().questions) >= 80
    single = next(question for question in questions if question["kind"] == "single")
    assert {"id", "track", "topic", "kind", "difficulty", "sources", "options"} <= set(single)
    assert {"text", "correct"} <= set(single["options"][0])
    assert set(single["options"][0]["text"]) == {"en", "zh"}


def test_bank_check_names_file_line_and_column(tmp_path: Path) -> None:
    assert preptrain("bank", "check").exit_code == 0
    path = tmp_path / "mine.yaml"
    path.write_text("track: cnn\nquestions:\n  - id: Bad_Id\n    kind: single\n", "utf-8")
    result = preptrain("bank", "check", str(path))
    assert result.exit_code == 1
    assert f"{path}:3:9:" in result.stdout
    missing = preptrain("bank", "check", str(tmp_path / "no.yaml"))
    assert missing.exit_code == 1
    assert "no.yaml" in missing.stdout


def test_the_schema_is_one() -> None:
    schema = json.loads(preptrain("bank", "schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"track", "questions"} <= set(schema["properties"])


@pytest.mark.parametrize("arguments", [["stats"], ["export", "json"], ["drill", "list"]])
def test_a_record_that_cannot_be_read_is_left_as_it_is(arguments: list[str], home: Path) -> None:
    home.mkdir()
    path = home / "record.db"
    path.write_bytes(b"not a database at all" * 100)
    before = path.read_bytes()
    result = preptrain(*arguments)
    assert result.exit_code == 2
    assert str(path) in result.output
    assert path.read_bytes() == before


def test_a_record_from_a_newer_version_is_refused(home: Path) -> None:
    assert preptrain("stats").exit_code == 0
    with sqlite3.connect(home / "record.db") as connection:
        connection.execute("pragma user_version = 999")
    connection.close()
    result = preptrain("stats")
    assert result.exit_code == 2
    assert "newer" in result.output


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = preptrain("--home", str(tmp_path / "file"), "stats")
    assert result.exit_code == 2
    assert "file" in result.output


@pytest.mark.slow
def test_verify_one_drill() -> None:
    result = preptrain("drill", "verify", "attention")
    assert result.exit_code == 0
    assert "1 drills proved on 1 seed(s)" in result.stdout


@pytest.mark.parametrize(
    ("locale", "words"), [("zh_CN.UTF-8", "没有题目"), ("en_GB.UTF-8", "no drill"), ("C", "no drill")]
)
def test_the_systems_language_is_spoken_until_one_is_chosen(
    locale: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", locale)
    result = CliRunner().invoke(main, ["drill", "check", "nope"])
    assert words in result.output
    chosen = CliRunner().invoke(main, ["--language", "zh", "drill", "check", "nope"])
    assert "没有题目" in chosen.output
