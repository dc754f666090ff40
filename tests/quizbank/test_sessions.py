"""What is asked next, and what is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from record_support import NOON

from quizbank.goals import Goal
from quizbank.scheduling import AGAIN, EASY, GOOD, Card, is_due, learner_day, recall_on, review
from quizbank.sessions import Candidate, Session, candidates, mix, next_items

DAY = timedelta(days=1)


def item(name: str, track: str = "cnn", *topics: str, rev: int = 1) -> Candidate:
    return Candidate(f"q:{name}", track, topics or ("pooling-role",), rev)


def card(name: str, days_ago: int, rating: int = GOOD) -> Card:
    return review(None, f"q:{name}", rating, NOON - days_ago * DAY)


def cards(*those: Card) -> dict[str, Card]:
    return {one.item: one for one in those}


def test_the_most_likely_forgotten_first_then_new_ones() -> None:
    items = [item(name) for name in ("new1", "weeks", "fresh", "new2", "failed", "days", "new3")]
    seen = cards(card("fresh", 1), card("days", 4), card("weeks", 40), card("failed", 2, AGAIN))
    assert next_items(items, seen, NOON, new_limit=2) == [
        "q:weeks",
        "q:failed",
        "q:days",
        "q:new1",
        "q:new2",
    ]
    assert next_items(items, seen, NOON, new_limit=0, limit=2) == ["q:weeks", "q:failed"]
    assert next_items(items, seen, NOON, new_limit=-1, limit=0) == []


def test_tracks_take_turns() -> None:
    items = [item(f"{track}{n}", track) for track in ("cnn", "rag") for n in range(3)]
    items.append(item("lora", "finetuning"))
    assert next_items(items, {}, NOON, new_limit=5) == ["q:cnn0", "q:rag0", "q:lora", "q:cnn1", "q:rag1"]
    seen = cards(*(card(f"cnn{n}", 30 - n) for n in range(3)), card("rag2", 9))
    assert next_items(items, seen, NOON, new_limit=0) == ["q:cnn0", "q:rag2", "q:cnn1", "q:cnn2"]


def test_by_topic_and_by_track() -> None:
    items = [item("a", "cnn", "im2col"), item("b", "rag", "bm25"), item("c", "cnn", "im2col", "bm25")]
    assert next_items(items, {}, NOON, new_limit=9, topic="bm25") == ["q:b", "q:c"]
    assert next_items(items, {}, NOON, new_limit=9, track="cnn") == ["q:a", "q:c"]
    assert next_items(items, {}, NOON, new_limit=9, track="cnn", topic="bm25") == ["q:c"]
    assert next_items(items, {}, NOON, new_limit=9, topic="none") == []


def test_a_question_that_changed_its_meaning_is_asked_again() -> None:
    seen = cards(card("a", 1, EASY))
    assert next_items([item("a")], seen, NOON, new_limit=1) == []
    assert next_items([item("a", rev=2)], seen, NOON, new_limit=1) == ["q:a"]


def test_an_item_of_a_wrong_clock_is_asked() -> None:
    assert next_items([item("a")], cards(card("a", -20_000)), NOON, new_limit=0) == ["q:a"]


states = st.dictionaries(st.integers(0, 20), st.tuples(st.integers(0, 60), st.integers(1, 4)), max_size=20)


@given(states=states, new_limit=st.integers(0, 25), limit=st.none() | st.integers(0, 30))
def test_whatever_the_cards(states: dict[int, tuple[int, int]], new_limit: int, limit: int | None) -> None:
    items = [item(str(n), f"track{n % 3}") for n in range(21)]
    seen = cards(*(card(str(n), days, rating) for n, (days, rating) in states.items()))
    chosen = next_items(items, seen, NOON, new_limit=new_limit, limit=limit)
    assert chosen == next_items(items, dict(reversed(seen.items())), NOON, new_limit=new_limit, limit=limit)
    assert len(chosen) == len(set(chosen))
    due = {name for name, one in seen.items() if is_due(one, learner_day(NOON))}
    new = {one.item for one in items} - seen.keys()
    first = [name in due for name in chosen]
    assert first == sorted(first, reverse=True), "due first"
    assert set(chosen) <= due | new
    room = len(due) + min(len(new), new_limit)
    assert len(chosen) == (room if limit is None else min(room, limit))


def test_candidates_of_bank_and_drills() -> None:
    class Bank:
        class Question:
            topic = "lora"
            rev = 3
            roles = ("applied",)
            drills = ("lora-linear",)

        questions = {"lora-init": Question()}  # noqa: RUF012
        track_of = {"lora-init": "finetuning"}  # noqa: RUF012

    class Drill:
        id = "lora-linear"
        track = "finetuning"
        topics = ["lora", "qlora"]  # noqa: RUF012

    assert candidates(Bank(), [Drill()]) == [
        Candidate("q:lora-init", "finetuning", ("lora",), 3, ("applied",), frozenset({"d:lora-linear"})),
        Candidate("d:lora-linear", "finetuning", ("lora", "qlora"), 1),
    ]


def test_a_session_asks_a_failed_item_again_after_four_others() -> None:
    session = Session("abcdef")
    asked = []
    while (now := session.current) is not None:
        asked.append(now)
        session.rate(AGAIN if now == "a" else GOOD)
    assert asked == ["a", "b", "c", "d", "e", "a", "f", "a"]
    assert session.answered == 8
    assert session.remaining == 0


def test_a_session_of_one() -> None:
    session = Session(["a"])
    session.rate(AGAIN)
    assert session.current == "a"
    session.skip()
    assert session.current is None
    assert session.answered == 1
    assert Session([]).current is None


def test_what_one_was_sure_of_and_had_wrong_comes_first() -> None:
    sure = replace(card("sure", 1, AGAIN), sure_wrong=True)
    seen = cards(card("weeks", 40), sure)
    assert next_items([item("weeks"), item("sure")], seen, NOON, new_limit=0) == ["q:sure", "q:weeks"]


def test_an_item_forgotten_eight_times_is_set_aside_until_it_is_taken_up() -> None:
    tired = replace(card("tired", 9, AGAIN), lapses=8)
    fine = replace(card("fine", 9, AGAIN), lapses=7)
    items, seen = [item("tired"), item("fine")], cards(tired, fine)
    assert next_items(items, seen, NOON, new_limit=0) == ["q:fine"]
    assert set(next_items(items, seen, NOON, new_limit=0, resumed={"q:tired": 8})) == {"q:tired", "q:fine"}
    again = cards(replace(tired, lapses=16), fine)
    assert next_items(items, again, NOON, new_limit=0, resumed={"q:tired": 8}) == ["q:fine"]


def test_relatives_wait_for_another_day() -> None:
    drill = Candidate("d:lora-linear", "finetuning", ("lora",))
    leads = Candidate("q:leads", "finetuning", ("lora",), kin=frozenset({"d:lora-linear"}))
    also = Candidate(
        "q:also", "finetuning", ("lora",), kin=frozenset({"d:lora-linear", "lora-linear/no-scale"})
    )
    same = Candidate("q:same", "finetuning", ("bm25",), kin=frozenset({"lora-linear/no-scale"}))
    items = [leads, also, same, drill]
    assert next_items(items, {}, NOON, new_limit=9) == ["q:leads", "q:also"], (
        "two questions on a drill are no relatives"
    )
    assert next_items([drill, leads, same], {}, NOON, new_limit=9) == ["q:leads", "q:same"], "questions first"
    tired = cards(replace(card("x", 40), item="d:lora-linear"))
    assert next_items([drill, leads, same], tired, NOON, new_limit=9) == ["d:lora-linear", "q:same"]
    assert next_items(items, cards(card("also", 0, EASY)), NOON, new_limit=9) == ["q:leads"], "asked today"
    tomorrow = next_items(items, cards(card("also", 1, EASY)), NOON, new_limit=9)
    assert tomorrow == ["q:leads", "q:same"]


def test_the_weakest_topics_first() -> None:
    items = [
        item("a", "cnn", "known"),
        item("b", "cnn", "half"),
        item("c", "rag", "half"),
        item("d", "rag", "dark"),
    ]
    seen = cards(card("a", 30), card("b", 30))
    assert next_items(items, seen, NOON, new_limit=9) == ["q:a", "q:b", "q:c", "q:d"]
    assert next_items(items, seen, NOON, new_limit=9, order="weakest") == ["q:b", "q:a", "q:d", "q:c"]


def test_the_last_week_before_an_interview() -> None:
    items = [item(str(n)) for n in range(14)]
    seen = cards(*(card(str(n), n % 7 + 1, EASY) for n in range(14)))  # due after eight days
    day = learner_day(NOON)
    assert next_items(items, seen, NOON, new_limit=0) == []
    assert next_items(items, seen, NOON, new_limit=0, goal=Goal(day + 8 * DAY)) == []
    soon = next_items(items, seen, NOON, new_limit=0, goal=Goal(day + 7 * DAY))
    assert len(soon) == 2, "a seventh of them"
    chances = {name: recall_on(found, day + 7 * DAY) for name, found in seen.items()}
    assert {chances[name] for name in soon} == {min(chances.values())}
    eve = next_items(items, seen, NOON, new_limit=0, goal=Goal(day + DAY))
    assert set(eve) == {name for name, found in seen.items() if recall_on(found, day + DAY) < 0.95}
    assert next_items(items, seen, NOON, new_limit=0, goal=Goal(day)) == [], (
        "on the day itself nothing is added"
    )


def test_new_items_for_another_role_are_left_out() -> None:
    items = [
        replace(item("infra"), roles=("infra",)),
        item("all"),
        replace(item("both"), roles=("infra", "applied")),
    ]
    assert next_items(items, {}, NOON, new_limit=9, goal=Goal(learner_day(NOON) + 40 * DAY, "applied")) == [
        "q:all",
        "q:both",
    ]
    assert len(next_items(items, {}, NOON, new_limit=9)) == 3


def test_drills_make_up_the_share_asked_for() -> None:
    questions, drills = [f"q:{n}" for n in range(12)], [f"d:{n}" for n in range(9)]
    mixed = mix([*drills, *questions], 0.25)
    assert mixed[:8] == ["q:0", "q:1", "q:2", "d:0", "q:3", "q:4", "q:5", "d:1"]
    assert [one for one in mixed if one[0] == "q"] == questions
    assert mix(questions, 0.5) == questions
    assert mix([*questions, *drills], 0) == questions
    assert mix(drills, 0.1) == drills
    assert mix(["q:0", "q:1", "d:0", "d:1"], 0.5) == ["q:0", "d:0", "q:1"]
