"""`preptrain drill check --format`: files, standard output, wrong usage, and the commands of the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gradings import DRILL

from drills.results import RESULTS
from tui.cli import main
from tui.command_line.drill import check as check_command

junitparser = pytest.importorskip("junitparser")


def preptrain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["--language", "en", "drill", "check", "attention", *arguments])


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(DRILL.solution, "utf-8")
    wrong.write_text(DRILL.solution.replace("np.where(mask, scores, -np.inf)", "scores"), "utf-8")
    return str(right), str(wrong)


def test_many_submissions_on_the_command_line(files: tuple[str, str], tmp_path: Path, home: Path) -> None:
    right, wrong = files
    out = tmp_path / "results.xml"
    result = preptrain("--solution", right, "--solution", wrong, "--format", "junit", "-o", str(out))
    assert (result.exit_code, result.output) == (1, "")
    passed, failed = junitparser.JUnitXml.fromfile(str(out))
    assert (passed.failures, passed.name) == (0, f"attention ({right})")
    assert failed.failures > 0
    assert not (home / "record.db").exists()
    before = out.read_bytes()
    again = preptrain("--solution", right, "--format", "junit", "-o", str(out))
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert out.read_bytes() == before
    assert preptrain("--solution", right, "--format", "junit", "-o", str(out), "--force").exit_code == 0
    assert len(list(junitparser.JUnitXml.fromfile(str(out)))) == 1


def test_results_on_standard_output(files: tuple[str, str]) -> None:
    result = preptrain("--solution", files[0], "--format", "exercism")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "pass"
    plain = preptrain("--solution", files[0], "--solution", files[1])
    assert plain.exit_code == 1
    assert f"{files[1]}:" in plain.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "x"], "-o goes with --format"),
        (["--json", "--format", "junit"], "--json goes with one file"),
        (["--format", "tap"], "'tap' is not one of"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str) -> None:
    result = preptrain(*arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_the_commands_of_the_docs_are_commands() -> None:
    """Each example names a drill, options and a format that exist, and the workflow is YAML."""
    import yaml

    folder = Path(__file__).parents[2] / "drills" / "results" / "formats"
    assert {page.stem for page in folder.glob("*.md")} == set(RESULTS)
    known = {option for parameter in check_command.params for option in parameter.opts}
    for page in folder.glob("*.md"):
        text = page.read_text("utf-8")
        assert f"--format {page.stem}" in text
        for used in re.findall(r"drill check (.*(?:\\\n.*)?)", text):
            assert set(re.findall(r"(?<!\S)--?[a-z]+", used.partition("||")[0])) <= known, used
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
            assert yaml.safe_load(block)
