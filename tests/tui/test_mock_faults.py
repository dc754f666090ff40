"""An unfinished mock interview that is damaged, or whose questions changed: told, and nothing of it is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from app_support import Learner
from mock_support import (
    all_asked,
    begun,
    killed,
    page,
    run_of,
    saved,
    to,
)

from quizbank.collection import Bank
from tui import mock_saved
from tui.mock_resuming import take_up
from tui.mock_session import MockRun
from tui.services import Services


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.mock.KEEP_AFTER", 0.001)


@pytest.fixture
def services(services: Services, sample_bank: Bank) -> Services:
    all_asked(services, sample_bank)
    return services


# --- faults


KEPT: list[str] = []
"""What an interview that was killed has left, once there has been one."""


@pytest.fixture
async def unfinished(services: Services) -> Services:
    """One quick question answered, the deep one answered, the follow-up half typed."""
    if KEPT:
        mock_saved.keep(services.record, KEPT[0])
        return services

    async def scenario(learner: Learner) -> None:
        await begun(learner)
        await to("follow_up", learner)
        await learner.type("so far")

    dead = await killed(services, scenario)
    KEPT.append(mock_saved.stored(dead.record) or "")
    return dead


def damage(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def damaged(text: str) -> str:
        state = json.loads(text)
        change(state)
        return json.dumps(state)

    return damaged


DAMAGES: dict[str, Callable[[str], str]] = {
    "cut off": lambda text: text[: len(text) // 2],
    "another text": lambda text: "[" * 100_000,
    "no object": lambda text: "7",
    "another version": damage(lambda state: state.update(version=2)),
    "a place too far": damage(lambda state: state.update(place=99)),
    "time that is none": damage(lambda state: state.update(elapsed=float("nan"))),
    "minutes that are none": damage(lambda state: state.update(minutes=5)),
    "a step of no kind": damage(lambda state: state["steps"][0].update(kind="x")),
    "a step that lacks": damage(lambda state: state["steps"][0].pop("seed")),
    "a follow-up alone": damage(lambda state: state["steps"][0].update(kind="follow_up")),
    "an answer in words that is none": damage(lambda state: state["given"][-3].update(answer=[1])),
    "ticks that are none": damage(lambda state: state["given"][-3].update(ticked=[99])),
    "an answer too few": damage(lambda state: state["given"].pop()),
    "a quick answer that is none": damage(lambda state: state["given"][0].update(answer={"no": "answer"})),
    "typed in no widget": damage(lambda state: state.update(typed=[1])),
    "a day that is none": damage(lambda state: state.update(began="soon")),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_cannot_be_read_is_put_aside(name: str, unfinished: Services) -> None:
    text = DAMAGES[name](mock_saved.stored(unfinished.record) or "")
    found = take_up(unfinished, text)
    assert found.run is None
    assert found.aside is not None
    assert found.aside.read_text("utf-8") == text
    again = take_up(unfinished, text)
    assert again.aside not in (None, found.aside), "never over another"
    assert {path.suffix for path in unfinished.places.home.glob("mock-*")} == {".json"}
    unfinished.close()


async def test_a_damaged_one_is_told_and_another_can_begin(unfinished: Services) -> None:
    text = (mock_saved.stored(unfinished.record) or "")[:-9]
    mock_saved.keep(unfinished.record, text)

    async def scenario(learner: Learner) -> None:
        await learner.press("m")
        assert "cannot be gone on with" in learner.text()
        assert ".json" in learner.text()
        assert page(learner).stage == "choosing"
        await learner.press("enter")
        assert page(learner).stage == "asking"

    services = await killed(unfinished, scenario)
    (aside,) = services.places.home.glob("mock-*.json")
    assert aside.read_text("utf-8") == text
    assert saved(services)["place"] == 0
    services.close()


async def test_what_cannot_be_put_aside_stays(unfinished: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(mock_saved, "put_aside", full)
    mock_saved.keep(unfinished.record, "{")

    async def scenario(learner: Learner) -> None:
        await learner.press("m")
        assert "It stays as it is" in learner.text()
        await learner.press("enter")
        assert page(learner).stage == "loading", "no other is begun over it"

    services = await killed(unfinished, scenario)
    assert mock_saved.stored(services.record) == "{"
    services.close()


def changed_bank(services: Services, item: str, **update: Any) -> None:
    """The bank where a question is another revision; without an update, where it is gone."""
    id_ = item.removeprefix("q:")
    questions = dict(services.bank.questions)
    if update:
        questions[id_] = questions[id_].model_copy(update=update)
    else:
        del questions[id_]
    services._bank = Bank(questions, {name: services.bank.track_of[name] for name in questions})


@pytest.mark.parametrize("update", [{}, {"rev": 2}], ids=["gone", "raised"])
def test_an_answered_question_that_changed_is_left_out(unfinished: Services, update: dict[str, int]) -> None:
    state = saved(unfinished)
    deep = next(place for place, step in enumerate(state["steps"]) if step["kind"] == "deep")
    changed_bank(unfinished, state["steps"][deep]["item"], **update)
    found = take_up(unfinished, json.dumps(state))
    assert found.run is not None
    assert found.left_out == 2, "the follow-up goes with it"
    assert [step.kind for step in found.run.steps] == ["quick"] * deep + ["drill"]
    assert found.run.step is not None
    assert found.run.step.kind == "drill"
    assert found.run.typed is None
    assert found.aside is not None
    assert json.loads(found.aside.read_text("utf-8")) == state, "the text is not lost"
    unfinished.close()


def test_one_without_an_answer_is_left_out_silently(unfinished: Services) -> None:
    state = saved(unfinished)
    changed_bank(unfinished, state["steps"][0]["item"])
    found = take_up(unfinished, json.dumps(state))
    assert found.run is not None
    assert (found.left_out, found.aside) == (1, None), "it was not known anyway"
    assert found.run.place == state["place"] - 1
    assert found.run.typed == "so far"
    assert [given.answer for given in found.run.given] == [one["answer"] for one in state["given"][1:]]
    unfinished.close()


@pytest.mark.parametrize("update", [{}, {"rev": 2}], ids=["gone", "raised"])
def test_one_still_to_come(services: Services, update: dict[str, int]) -> None:
    run = MockRun.planned(services, minutes=45, role=None)
    last = max(place for place, step in enumerate(run.steps) if step.kind == "quick")
    run.typed = {"of": "the first"}
    changed_bank(services, run.steps[last].item, **update)
    found = take_up(services, run.to_text())
    assert found.run is not None
    assert found.left_out == (0 if update else 1)
    assert found.run.typed == {"of": "the first"}
    assert found.aside is None
    assert {step.rev for step in found.run.steps} == ({1, 2} if update else {1})


def test_choices_begun_at_one_that_changed_are_put_aside(services: Services) -> None:
    run = MockRun.planned(services, minutes=45, role=None)
    run.typed = [1]
    changed_bank(services, run.steps[0].item, rev=2)
    found = take_up(services, run.to_text())
    assert found.run is not None
    assert found.run.step is not None
    assert (found.left_out, found.run.typed, found.run.step.rev) == (0, None, 2)
    assert found.aside is not None


def test_where_no_question_is_left(services: Services) -> None:
    run = MockRun.planned(services, minutes=45, role=None)
    services._bank, services._drills = Bank({}, {}), {}
    found = take_up(services, run.to_text())
    assert found.run is None
    assert found.aside is not None


async def test_left_out_is_told_once(unfinished: Services) -> None:
    deep = next(step for step in saved(unfinished)["steps"] if step["kind"] == "deep")
    changed_bank(unfinished, deep["item"])

    async def scenario(learner: Learner) -> None:
        await learner.press("m")
        assert "2 question(s) have changed or are gone" in " ".join(learner.text().split())
        await learner.press("escape", "m")
        assert "have changed" not in learner.text()
        await learner.press("enter")
        assert run_of(learner).step is not None

    services = await killed(unfinished, scenario)
    assert len(list(services.places.home.glob("mock-*.json"))) == 1
    services.close()
