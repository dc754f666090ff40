"""The cache of a bank: what has not changed is not read again, and nothing that is wrong with it can be seen."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from right_answers import SOURCE, SPECIAL, raw_question, text

from quizbank import cache as caching
from quizbank import loader
from quizbank.loader import BANK, BankError, load_bank


def write(folder: Path, *questions: dict[str, Any], name: str = "bank.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    content = json.loads(json.dumps({"track": "mine", "questions": questions}))
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bank"
    write(folder, raw_question("single"), raw_question("order"), name="a.yaml")
    write(folder, *(raw_question(kind) for kind in SPECIAL if kind not in ("single", "order")), name="b.yaml")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "bank.db"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are parsed while the test runs."""
    names: list[str] = []
    load_file = loader.load_file

    def watched(source: Any, *rest: Any) -> Any:
        names.append(source.path.name)
        return load_file(source, *rest)

    monkeypatch.setattr(loader, "load_file", watched)
    return names


def same(folder: Path, cache: Path) -> None:
    """What comes from the cache is what comes from the files."""
    cached, read = load_bank([folder], cache=cache), load_bank([folder])
    assert dict(cached.questions) == read.questions
    assert list(cached.questions) == list(read.questions)
    assert dict(cached.track_of) == read.track_of
    assert dict(cached.places) == read.places
    assert dict(cached.heads) == dict(read.heads)
    assert cached.by_topic("lora") == read.by_topic("lora")
    assert cached.by_track("mine") == read.by_track("mine")


def test_every_kind_comes_back_as_it_was(folder: Path, cache: Path) -> None:
    same(folder, cache)
    same(folder, cache)


def test_the_packaged_bank_comes_back_as_it_was(cache: Path) -> None:
    load_bank(cache=cache)
    cached, read = load_bank(cache=cache), load_bank()
    assert dict(cached.questions) == read.questions
    assert list(cached.questions) == list(read.questions)


def test_nothing_is_parsed_twice_and_a_change_costs_one_file(
    folder: Path, cache: Path, parsed: list[str]
) -> None:
    load_bank([folder], cache=cache)
    assert parsed == ["a.yaml", "b.yaml"]
    load_bank([folder], cache=cache)
    assert parsed == ["a.yaml", "b.yaml"]
    write(folder, raw_question("single", difficulty=5), name="a.yaml")
    bank = load_bank([folder], cache=cache)
    assert parsed == ["a.yaml", "b.yaml", "a.yaml"]
    assert bank.questions["a-single"].difficulty == 5
    assert "a-order" not in bank.questions


def test_a_file_that_holds_what_it_held_is_not_parsed(folder: Path, cache: Path, parsed: list[str]) -> None:
    load_bank([folder], cache=cache)
    os.utime(folder / "a.yaml", (1, 1))
    (folder / "a.yaml").rename(folder / "c.yaml")
    bank = load_bank([folder], cache=cache)
    assert parsed == ["a.yaml", "b.yaml"]
    assert list(bank.questions)[-1] == "a-order"
    assert bank.places["a-order"].path == folder / "c.yaml"


def test_a_change_is_seen_though_size_and_time_are_set_back(folder: Path, cache: Path) -> None:
    load_bank([folder], cache=cache)
    path = folder / "a.yaml"
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"difficulty: 2", b"difficulty: 4"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_bank([folder], cache=cache).questions["a-single"].difficulty == 4


def test_files_that_come_and_go(folder: Path, cache: Path, parsed: list[str]) -> None:
    load_bank([folder], cache=cache)
    write(folder, raw_question("single", id="new"), name="c.yaml")
    assert "new" in load_bank([folder], cache=cache).questions
    (folder / "b.yaml").unlink()
    assert list(load_bank([folder], cache=cache).questions) == ["a-single", "a-order", "new"]
    assert parsed == ["a.yaml", "b.yaml", "c.yaml"]
    db = sqlite3.connect(cache)
    counts = [db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("questions", "bodies")]
    db.close()
    assert counts == [3, 3]


def test_a_fact_that_changes_costs_the_files_that_use_it(
    folder: Path, cache: Path, parsed: list[str]
) -> None:
    def facts(hours: int, extra: int) -> None:
        given = {
            "DAY_HOURS": {"says": "A day.", "number": hours, "sources": [{**SOURCE}]},
            "WEEK_DAYS": {"says": "A week.", "number": extra, "sources": [{**SOURCE}]},
        }
        (folder / "facts.yaml").write_text(yaml.safe_dump(json.loads(json.dumps({"facts": given}))))

    facts(24, 7)
    write(folder, raw_question("single", stem=text("<<DAY_HOURS>>")), name="a.yaml")
    assert load_bank([folder], cache=cache).questions["a-single"].stem.en == "24"
    facts(24, 8)
    load_bank([folder], cache=cache)
    assert parsed == ["a.yaml", "b.yaml"]
    facts(25, 8)
    assert load_bank([folder], cache=cache).questions["a-single"].stem.en == "25"
    assert parsed == ["a.yaml", "b.yaml", "a.yaml"]
    (folder / "facts.yaml").unlink()
    with pytest.raises(BankError, match="no such fact DAY_HOURS"):
        load_bank([folder], cache=cache)


def test_problems_are_told_each_time_and_cost_their_file_alone(
    folder: Path, cache: Path, parsed: list[str]
) -> None:
    write(folder, raw_question("single"), raw_question("order", difficulty=9), name="a.yaml")
    for _ in range(2):
        bank = load_bank([], own=folder, cache=cache)
        assert [problem.field for problem in bank.problems] == ["a-order.difficulty"]
        assert "own/a-single" in bank.questions
        assert "own/a-order" not in bank.questions
    assert parsed == ["a.yaml", "b.yaml", "a.yaml"]
    with pytest.raises(BankError):
        load_bank([folder], cache=cache)
    write(folder, raw_question("single"), name="a.yaml")
    assert load_bank([], own=folder, cache=cache).problems == []


def test_an_id_used_twice_is_told_each_time(folder: Path, cache: Path) -> None:
    write(folder, raw_question("order"), name="c.yaml")
    for _ in range(2):
        bank = load_bank([], own=folder, cache=cache)
        assert len(bank.problems) == 2
        assert bank.questions["own/a-order"].kind == "order"
        assert bank.places["own/a-order"].path.name == "a.yaml"
    (folder / "a.yaml").unlink()
    assert load_bank([], own=folder, cache=cache).problems == []
    (folder / "d.yaml").write_bytes((folder / "b.yaml").read_bytes())
    assert len(load_bank([], own=folder, cache=cache).problems) == 2 * (len(SPECIAL) - 2)


def spoil_body(cache: Path) -> None:
    db = sqlite3.connect(cache)
    db.execute("UPDATE bodies SET body = replace(body, 'What', 'Wath')")
    db.commit()
    db.close()


def swap_bodies(cache: Path) -> None:
    db = sqlite3.connect(cache)
    db.execute("UPDATE bodies SET (check_sum, body) = (SELECT check_sum, body FROM bodies WHERE number = 2)")
    db.commit()
    db.close()


def drop_bodies(cache: Path) -> None:
    db = sqlite3.connect(cache)
    db.execute("DROP TABLE bodies")
    db.commit()
    db.close()


def spoil_heads(cache: Path) -> None:
    db = sqlite3.connect(cache)
    db.execute("UPDATE questions SET head = '['")
    db.commit()
    db.close()


def older(cache: Path) -> None:
    db = sqlite3.connect(cache)
    db.execute("UPDATE meta SET version = 'an older one'")
    db.commit()
    db.close()


def other_program(cache: Path) -> None:
    cache.unlink()
    db = sqlite3.connect(cache)
    db.execute("CREATE TABLE files (other)")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database at all, but a text that is long enough" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:-4096]),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + os.urandom(len(path.read_bytes()) - 4096)),
        Path.unlink,
        spoil_body,
        swap_bodies,
        drop_bodies,
        spoil_heads,
        older,
        other_program,
    ],
)
def test_a_spoilt_cache_is_made_again_and_nobody_notices(
    folder: Path, cache: Path, spoil: Callable[[Path], Any]
) -> None:
    load_bank([folder], cache=cache)
    spoil(cache)
    same(folder, cache)
    same(folder, cache)


def test_a_cache_that_breaks_while_it_is_used(folder: Path, cache: Path) -> None:
    load_bank([folder], cache=cache)
    bank = load_bank([folder], cache=cache)
    drop_bodies(cache)
    assert bank.questions["a-single"].kind == "single"
    assert dict(bank.questions) == load_bank([folder]).questions
    assert bank.places["a-order"].path.name == "a.yaml"


def test_a_cache_that_another_program_changed(folder: Path, cache: Path) -> None:
    bank = load_bank([folder], cache=cache)
    assert len(bank.questions) == len(SPECIAL)
    write(folder, raw_question("single"), name="a.yaml")
    load_bank([folder], cache=cache)
    with pytest.raises(KeyError):
        bank.questions["a-order"]
    assert bank.questions["a-single"].kind == "single"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    same(folder, closed / "bank.db")


def test_no_place_for_a_cache(folder: Path, tmp_path: Path) -> None:
    same(folder, folder / "a.yaml" / "bank.db")
    same(folder, tmp_path)


def test_a_cache_in_use_by_another_program(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching, "BUSY_SECONDS", 0.05)
    load_bank([folder], cache=cache)
    write(folder, raw_question("single", difficulty=5), name="a.yaml")
    other = sqlite3.connect(cache, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    bank = load_bank([folder], cache=cache)
    assert bank.questions["a-single"].difficulty == 5
    other.execute("ROLLBACK")
    other.close()
    assert cache.exists()
    same(folder, cache)


def test_many_threads_read_at_once(folder: Path, cache: Path) -> None:
    bank = load_bank([folder], cache=cache)
    wrong: list[object] = []

    def read() -> None:
        for _ in range(20):
            wrong.extend(id_ for id_, question in bank.questions.items() if question.id != id_)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_one_question_does_not_need_the_others(folder: Path, cache: Path) -> None:
    load_bank([folder], cache=cache)
    bank = load_bank([folder], cache=cache)
    db = sqlite3.connect(cache)
    db.execute("UPDATE questions SET head = '[' WHERE id <> 'a-single'")
    db.execute("UPDATE bodies SET body = '' WHERE number > 1")
    db.commit()
    db.close()
    assert next(iter(bank.questions)) == "a-single"
    assert bank.questions["a-single"].stem.en == "What holds?"
    assert cache.exists()


def test_an_empty_bank(cache: Path) -> None:
    bank = load_bank([], cache=cache)
    assert (len(bank.questions), list(bank.questions), bank.questions.get("a")) == (0, [], None)


def test_the_syllabus_holds_for_what_is_cached(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "BANK", tmp_path)
    write(tmp_path, raw_question("single", topic="nonsense"))
    for _ in range(2):
        with pytest.raises(BankError, match="no such topic 'nonsense'"):
            load_bank(cache=cache)
    assert tmp_path != BANK
