"""The README's pictures are those that the app makes."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "screenshots"
NEEDED = ("quiz", "workbench", "progress", "mock")

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="not in a source distribution")


def test_the_readme_shows_each_in_both_languages() -> None:
    shown = re.findall(r"\.github/screenshots/([\w-]+)\.svg", (ROOT / "README.md").read_text("utf-8"))
    assert set(shown) >= {f"{name}-{language}" for name in NEEDED for language in ("en", "zh")}
    assert all((FOLDER / f"{name}.svg").exists() for name in shown)


@pytest.mark.slow
async def test_they_are_what_the_app_shows(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_screenshots", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    await make.main(tmp_path)
    made = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.svg")}
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.svg")}
    assert made.keys() == kept.keys()
    other = [name for name in sorted(made) if made[name] != kept[name]]
    assert other == [], "run .venv/bin/python .github/screenshots/make.py, and look at what it makes"
    assert "√D" in made["workbench-en.svg"].replace("&#160;", " ")
    assert "mistake" in made["workbench-en.svg"]
