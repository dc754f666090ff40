"""Two machines, one record: the union of two logs, in whatever order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_support import NOON, answer, state

from quizbank.errors import RecordError
from quizbank.exporting import export
from quizbank.merging import merge, set_aside
from quizbank.record import Record

DAY = timedelta(days=1)

actions = st.lists(
    st.one_of(
        st.tuples(
            st.just("answer"), st.sampled_from(["q:a", "q:b", "d:a"]), st.integers(0, 12), st.integers(1, 4)
        ),
        st.tuples(st.just("undo")),
        st.tuples(st.just("redo")),
        st.tuples(st.just("retention"), st.sampled_from([0.8, 0.9, 0.95]), st.integers(0, 3)),
        st.tuples(
            st.just("draft"),
            st.sampled_from(["q:a", "q:b", "d:a"]),
            st.integers(0, 12),
            st.sampled_from(["", "one", "two"]),
        ),
    ),
    max_size=6,
)


def act(record: Record, steps: list[tuple[Any, ...]]) -> None:
    for step in steps:
        match step:
            case ("answer", item, day, rating):
                record.append(answer(item, day, rating))
            case ("undo",):
                record.undo(NOON)
            case ("redo",):
                record.redo(NOON)
            case ("retention", share, day):
                record.set_retention(share, NOON + day * DAY)
            case ("draft", item, day, text):
                record.save_draft(item, text, NOON + day * DAY)


def whole(record: Record) -> tuple[bytes, list[str], object, object]:
    return state(record), [entry.id for entry in record.entries()], record.settings(), record.drafts()


@pytest.mark.parametrize("examples", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_in_any_order_and_however_often(tmp_path_factory: pytest.TempPathFactory, examples: int) -> None:
    @settings(deadline=None, max_examples=examples)
    @given(common=actions, each=st.tuples(actions, actions, actions))
    def merged(common: Any, each: Any) -> None:
        merge_in_every_order(tmp_path_factory.mktemp("merge"), common, each)

    merged()


def merge_in_every_order(folder: Path, common: Any, each: Any) -> None:
    with Record.open(folder / "common.db") as record:
        act(record, common)
    paths = [folder / f"{name}.db" for name in "abc"]
    for path, steps in zip(paths, each, strict=True):
        shutil.copy(folder / "common.db", path)
        with Record.open(path) as record:
            act(record, steps)
    results = set()
    for order in permutations(paths):
        target = folder / "target.db"
        shutil.copy(order[0], target)
        with Record.open(target) as record:
            for other in (*order[1:], order[1], order[0]):  # again: idempotent
                merge(record, other)
            kept = whole(record)
            record.rebuild()
            assert whole(record) == kept, "the state is that of a rebuild"
        results.add(repr(kept))
    assert len(results) == 1, "commutative"
    left, right = folder / "left.db", folder / "right.db"  # (a + b) + c = a + (b + c)
    shutil.copy(paths[0], left)
    shutil.copy(paths[1], right)
    with Record.open(left) as one, Record.open(right) as two:
        merge(two, paths[2])
        merge(one, right)
        assert repr(whole(one)) in results, "associative"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "mine.db") as record:
        yield record


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "theirs.db") as record:
        yield record


def test_drafts_of_the_other_machine_are_taken_over(mine: Record, theirs: Record) -> None:
    mine.save_draft("q:a", "mine", NOON)
    mine.save_draft("q:b", "mine, later", NOON + DAY)
    mine.save_draft("d:a", "mine alone", NOON)
    theirs.save_draft("q:a", "theirs, later", NOON + DAY)
    theirs.save_draft("q:b", "theirs", NOON)
    theirs.save_draft("q:c", "theirs alone", NOON)
    expected = {"q:a": "theirs, later", "q:b": "mine, later", "d:a": "mine alone", "q:c": "theirs alone"}
    merge(mine, theirs.path)
    assert {item: mine.draft(item) for item in expected} == expected
    merge(theirs, mine.path)
    assert theirs.drafts() == mine.drafts()


def test_a_draft_that_was_taken_away_does_not_come_back(mine: Record, theirs: Record) -> None:
    mine.save_draft("d:a", "def f(): ...", NOON)
    merge(theirs, mine.path)
    assert theirs.draft("d:a") == "def f(): ..."
    mine.save_draft("d:a", "", NOON + DAY)
    merge(mine, theirs.path)
    assert mine.draft("d:a") is None
    merge(theirs, mine.path)
    assert theirs.draft("d:a") is None
    theirs.save_draft("d:a", "again", NOON)  # a clock set back: the learner's word still
    merge(mine, theirs.path)
    assert mine.draft("d:a") == "again"


def test_a_draft_that_gave_way_is_set_aside(mine: Record, theirs: Record) -> None:
    for item in ("q:older", "q:same", "q:gone", "q:kept"):
        mine.save_draft(item, "池化", NOON)
    theirs.save_draft("q:older", "later", NOON + DAY)
    theirs.save_draft("q:same", "池化", NOON + DAY)
    theirs.append(answer("q:gone", 1))
    before = mine.drafts()
    merge(mine, theirs.path)
    kept = set_aside(mine, before, NOON)
    assert kept is not None
    assert json.loads(kept.read_text("utf-8")) == {"q:gone": "池化", "q:older": "池化"}
    assert set_aside(mine, mine.drafts(), NOON) is None
    with pytest.raises(RecordError, match="cannot write"):
        set_aside(mine, before, NOON)
    assert json.loads(kept.read_text("utf-8")) == {"q:gone": "池化", "q:older": "池化"}, "never over another"


def test_an_answer_ends_the_drafts_before_it_on_every_machine(mine: Record, theirs: Record) -> None:
    for item in ("q:a", "d:a"):
        mine.save_draft(item, "begun", NOON)
        theirs.append(answer(item, 1))
    mine.save_draft("q:b", "begun after", NOON + 2 * DAY)
    theirs.append(answer("q:b", 1))
    merge(mine, theirs.path)
    assert mine.draft("q:a") is None, "the question was answered since"
    assert mine.draft("d:a") == "begun", "a drill goes on"
    assert mine.draft("q:b") == "begun after"
    merge(theirs, mine.path)
    assert whole(theirs) == whole(mine)


def test_a_json_export_is_merged_like_the_record(tmp_path: Path) -> None:
    with Record.open(tmp_path / "theirs.db") as theirs:
        for day in range(4):
            theirs.append(answer("q:a", day, 1 + day, confidence=3, seed=7, detail={"answer": "模型"}))
        theirs.undo(NOON)
        export("json", theirs, None, tmp_path / "theirs.json")
        expected = whole(theirs)[:2]
    with Record.open(tmp_path / "mine.db") as mine:
        assert merge(mine, tmp_path / "theirs.json") == 5
        assert merge(mine, tmp_path / "theirs.json") == 0
        assert merge(mine, tmp_path / "theirs.db") == 0
        assert whole(mine)[:2] == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "neither"),
        ("[]", "neither"),
        ('{"format": "other", "entries": []}', "neither"),
        ('{"format": "preptrain-progress", "entries": [{}]}', r"entries\[0\]"),
        ('{"format": "preptrain-progress", "entries": [3]}', r"entries\[0\]"),
        ("SQLite format 3\0" + "x" * 200, "cannot read"),
    ],
)
def test_what_is_no_record(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "other").write_text(text, "utf-8")
    with Record.open(tmp_path / "mine.db") as mine:
        mine.append(answer())
        before = whole(mine)
        with pytest.raises(RecordError, match=told):
            merge(mine, tmp_path / "other")
        with pytest.raises(RecordError, match="cannot read"):
            merge(mine, tmp_path / "missing.db")
        with pytest.raises(RecordError, match="itself"):
            merge(mine, tmp_path / "mine.db")
        assert whole(mine) == before


def test_an_entry_that_was_changed_there_stops_the_merge(tmp_path: Path) -> None:
    with Record.open(tmp_path / "mine.db") as mine:
        mine.append(answer())
        export("json", mine, None, tmp_path / "other.json")
        data = json.loads((tmp_path / "other.json").read_text("utf-8"))
        data["entries"][0]["score"] = 0.5
        data["entries"].insert(0, {**data["entries"][0], "id": "new"})
        (tmp_path / "other.json").write_text(json.dumps(data), "utf-8")
        before = whole(mine)
        with pytest.raises(RecordError, match="differs"):
            merge(mine, tmp_path / "other.json")
        assert whole(mine) == before


def test_merging_leaves_the_other_record_as_it_is(tmp_path: Path) -> None:
    with Record.open(tmp_path / "theirs.db") as theirs:
        theirs.append(answer())
    before = (tmp_path / "theirs.db").read_bytes()
    with Record.open(tmp_path / "mine.db") as mine:
        assert merge(mine, tmp_path / "theirs.db") == 1
    assert (tmp_path / "theirs.db").read_bytes() == before
