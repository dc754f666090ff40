"""Processes that die at any moment, and processes that write at once: no answer is lost."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from record_support import ENVIRONMENT, answer, state

from quizbank.record import Record

APPEND_FOR_EVER = """
import sys
from datetime import datetime, UTC
from itertools import count
from pathlib import Path
from quizbank.record import Record, new_entry
with Record.open(Path(sys.argv[1])) as record:
    for number in count():
        entry = new_entry(f"{'qd'[number % 2]}:{number % 50}", rev=1, score=1, rating=1 + number % 4,
                          seconds=number / 7, now=datetime.now(UTC), detail={"answer": "x" * (number % 900)})
        record.append(entry)
        if number % 11 == 10:
            undo = record.undo(datetime.now(UTC))
            print(undo.id, flush=True)
        print(entry.id, flush=True)
"""


def start(path: Path, code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(path), *map(str, arguments)]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)


def test_a_killed_process_loses_no_answer_it_told_of(tmp_path: Path) -> None:
    path = tmp_path / "record.db"
    chance = random.Random(9)
    told: set[str] = set()
    for kill in range(10):
        with start(path, APPEND_FOR_EVER) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(chance.randint(1, 40))]
            assert all(lines), "the child must go on"
            child.kill()
            lines += child.stdout  # until it died it went on
            told |= {line.strip() for line in lines if line.endswith("\n")}
        with Record.open(path) as record:
            ids = [entry.id for entry in record.entries()]
            assert not told - set(ids), f"kill {kill}"
            assert len(ids) == len(set(ids))
            assert record._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            kept = state(record)
            record.rebuild()
            assert state(record) == kept, "no answer is there by half"
    assert len(told) > 100


APPEND_SOME = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from quizbank.record import Record, new_entry
for number in range(int(sys.argv[2])):
    with Record.open(Path(sys.argv[1])) as record:
        for rating in (1, 3):
            record.append(new_entry(f"q:{number % 5}", rev=1, score=1, rating=rating, seconds=1,
                                    now=datetime.now(UTC)))
print("done")
"""


@pytest.mark.parametrize("existing", [False, True])
def test_processes_that_write_at_once(tmp_path: Path, existing: bool) -> None:
    """Each opens, appends and closes in a loop; without an existing record they also race to make it."""
    path = tmp_path / "record.db"
    if existing:
        with Record.open(path) as record:
            record.append(answer())
    children = [start(path, APPEND_SOME, 15) for _ in range(4)]
    said = [child.communicate(timeout=60)[0] for child in children]
    assert said == ["done\n"] * 4
    with Record.open(path) as record:
        assert len(list(record.entries())) == 4 * 15 * 2 + existing
        kept = state(record)
        record.rebuild()
        assert state(record) == kept
