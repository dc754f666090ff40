"""`preptrain doctor`: what it finds, in both languages, and what it says when a part is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drills.grading import sandbox
from drills.grading.sandbox import judge_findings
from tui.cli import main
from tui.command_line import doctor


def preptrain(*arguments: str, language: str = "en") -> Result:
    return CliRunner().invoke(main, ["--language", language, "doctor", *arguments], prog_name="preptrain")


def findings(result: Result) -> dict[str, dict[str, str]]:
    return {one["id"]: one for one in json.loads(result.stdout)["findings"]}


def test_a_whole_installation(home: Path) -> None:
    result = preptrain("--json")
    found = findings(result)
    assert result.exit_code == 0
    assert {"version", "packages", "home", "record", "content"} <= set(found)
    assert found["record"]["text"] == {"en": "No record yet.", "zh": "还没有学习记录。"}
    assert not (home / "record.db").exists()  # looking makes nothing
    assert "道问答题" in preptrain(language="zh").stdout


def test_without_torch_the_command_that_adds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    result = preptrain()
    assert "! No PyTorch" in result.stdout
    assert "pip install 'preptrain[torch]'" in result.stdout


def test_a_kernel_that_contains_less_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "probe", lambda: judge_findings(None, False, {}))
    found = findings(preptrain("--json"))["containment"]
    assert found["state"] == "limited"
    assert "Landlock" in found["mend"]["en"]  # type: ignore[index]


def test_a_missing_package_and_a_broken_record_end_with_1(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(exist_ok=True)
    (home / "record.db").write_bytes(b"no database" * 100)
    result = preptrain("--json")
    assert result.exit_code == 1
    assert findings(result)["record"]["state"] == "missing"
    monkeypatch.setattr(doctor, "PACKAGES", ("no-such-package",))
    assert "no-such-package" in findings(preptrain("--json"))["packages"]["text"]["en"]
