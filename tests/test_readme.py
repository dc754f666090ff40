"""The README in Chinese says what the English one says: the same commands, and links that lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / ".github" / "README.zh-CN.md"
FENCED = re.compile(r"```bash\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")


def commands(page: Path) -> list[str]:
    blocks = FENCED.findall(page.read_text("utf-8"))
    return [line.split("  #")[0].rstrip() for block in blocks for line in block.splitlines()]


def test_both_readmes_have_the_same_commands() -> None:
    english = [
        line for line in commands(ENGLISH) if ".venv/bin/pytest" not in line
    ]  # for developers, who read English
    assert len(english) > 20
    assert commands(CHINESE) == english


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_links_lead_somewhere(page: Path) -> None:
    links = [one or other for one, other in LINK.findall(page.read_text("utf-8"))]
    assert len(links) > 15
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (page.parent / link).exists()] == []
