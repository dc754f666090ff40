"""Planning a mock interview, and the report at its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from record_support import NOON

from quizbank.interviews import BUDGETS, Interview, Outcome, change, follow_up, plan_interview
from quizbank.loader import load_bank
from quizbank.models import Recall, Text
from quizbank.scheduling import GOOD, review
from quizbank.sessions import candidates

BANK = load_bank()


@dataclass(frozen=True)
class Drill:
    id: str
    minutes: int
    track: str = "finetuning"
    topics: tuple[str, ...] = ("lora",)
    item: str = field(default="")


DRILLS = [
    Drill(name, minutes, item=f"d:{name}") for name, minutes in (("a", 10), ("b", 20), ("lora-linear", 30))
]
ITEMS = candidates(BANK, DRILLS)


def plan(minutes: int = 45, role: str | None = None, seed: int = 1, cards: object = None) -> list:  # type: ignore[type-arg]
    return plan_interview(BANK.questions, ITEMS, DRILLS, cards or {}, minutes=minutes, role=role, seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("minutes", BUDGETS)
@pytest.mark.parametrize("role", [None, "research", "applied", "infra"])
def test_every_length_and_role(minutes: int, role: str | None) -> None:
    for seed in range(12):
        steps = plan(minutes, role, seed)
        assert [step.kind for step in steps[-3:]] == ["deep", "follow_up", "drill"]
        quick = [BANK.questions[step.item[2:]] for step in steps[:-3]]
        assert len(quick) == len({question.id for question in quick}) == BUDGETS[minutes].quick
        assert not any(isinstance(question, Recall) for question in quick)
        assert all(not question.roles or role is None or role in question.roles for question in quick)
        deep = BANK.questions[steps[-3].item[2:]]
        assert isinstance(deep, Recall)
        assert steps[-2].item == steps[-3].item
        assert deep.topic not in {question.topic for question in quick}
        tracks = [BANK.track_of[question.id] for question in quick]
        assert len(set(tracks)) == len(tracks), "one a track while there are tracks left"
        drill = next(drill for drill in DRILLS if drill.item == steps[-1].item)
        assert drill.minutes <= BUDGETS[minutes].drill_minutes
        assert all(drill.id not in question.drills for question in quick)


def test_the_same_seed_gives_the_same_interview() -> None:
    assert plan(seed=5) == plan(seed=5)
    assert plan(seed=5) != plan(seed=6)


def test_a_drill_not_solved_before() -> None:
    solved = replace(review(None, "d:b", GOOD, NOON), best=1.0)
    assert {plan(45, seed=seed)[-1].item for seed in range(30)} == {"d:a", "d:b"}
    assert {plan(45, seed=seed, cards={"d:b": solved})[-1].item for seed in range(30)} == {"d:a"}


def test_the_follow_up_depends_on_the_answer() -> None:
    question = next(question for question in BANK.questions.values() if isinstance(question, Recall))
    assert follow_up(question, "").after == "weak"
    assert follow_up(question, "LoRA adds matrices.").after == "weak"
    assert follow_up(question, "冻结基座权重，只训练两个低秩矩阵的乘积。").after == "good"
    assert (
        follow_up(
            question, "The base is frozen and only a product of two low-rank matrices is trained."
        ).after
        == "good"
    )


def outcome(kind: str, score: float, topic: str = "lora", **more: object) -> Outcome:
    said = Text(en="a", zh="甲")
    values: dict[str, object] = {"item": "q:x", "seconds": 30.0, "allotted": 60, "answer": 1, "asked": said}
    return Outcome(kind=kind, topic=topic, score=score, **{**values, **more})  # type: ignore[arg-type]


def interview(*outcomes: Outcome, began: str = "2026-11-24T10:00:00+08:00") -> Interview:
    return Interview("one", began, "2026-11-24T10:45:00+08:00", 45, "infra", list(outcomes))


def test_the_score_weighs_the_parts() -> None:
    done = interview(
        outcome("quick", 1),
        outcome("quick", 0),
        outcome("deep", 0.5),
        outcome("follow_up", 1),
        outcome("drill", 0),
    )
    assert done.score == pytest.approx(0.4 * 0.5 + 0.2 * 0.5 + 0.1 * 1)
    assert done.part("quick") == 0.5
    assert done.part("deep", "follow_up") == 0.75
    assert interview(outcome("quick", 0.5)).score == pytest.approx(0.5), "what was not asked does not count"
    assert interview().score == 0
    assert interview().part("drill") is None


def test_topics_the_weakest_first() -> None:
    good, bad = Text(en="good", zh="好"), Text(en="bad", zh="坏")
    done = interview(
        outcome("quick", 1, "bm25", strong=[good]),
        outcome("quick", 0, "lora", lacked=[bad]),
        outcome("deep", 0.5, "lora", strong=[good], lacked=[good]),
    )
    first, second = done.topics()
    assert (first.topic, first.score, first.seconds, first.allotted) == ("lora", 0.25, 60, 120)
    assert (first.strong, first.lacked) == ([good], [bad, good])
    assert second.topic == "bm25"


def test_it_is_kept_whole() -> None:
    done = interview(
        outcome("deep", 0.5, strong=[Text(en="x", zh="某")], answer={"text": "模型", "ticked": [1]})
    )
    data = done.to_json()
    assert Interview.from_json(data) == done
    with pytest.raises((KeyError, TypeError, ValueError)):
        Interview.from_json({"outcomes": [{}]})


def test_what_changed_since_the_last() -> None:
    first = interview(outcome("quick", 0.2))
    second = interview(outcome("quick", 0.7), began="2026-11-25T10:00:00+08:00")
    assert change(first, [first, second]) is None
    assert change(second, [second, first]) == pytest.approx(0.5)
