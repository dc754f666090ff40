"""The bank browser: every question, narrowed by words in either language, and answered from the list."""

from __future__ import annotations

from app_support import Learner, Play

from tui.screens.bank import BankScreen
from tui.screens.quiz import QuizScreen
from tui.services import Services


async def opened(learner: Learner) -> BankScreen:
    await learner.press("b")
    screen = learner.app.screen
    assert isinstance(screen, BankScreen)
    return screen


def ids(screen: BankScreen) -> list[str]:
    return [option.id for option in screen.listed.options if option.id is not None]


async def test_every_question_is_listed_and_can_be_answered(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await opened(learner)
        assert sorted(ids(screen)) == sorted(services.bank.questions)
        chosen = screen.current()
        await learner.press("enter")
        quiz = learner.app.screen
        assert isinstance(quiz, QuizScreen)
        assert quiz.only == f"q:{chosen}"
        await learner.press("f8", "escape")
        assert learner.app.screen is screen
        (entry,) = [entry for entry in screen.entries if entry.question.id == chosen]
        assert entry.state == "missed"

    await play(scenario)


async def test_words_of_either_language_topic_kind_and_state_narrow(play: Play, services: Services) -> None:
    async def scenario(learner: Learner) -> None:
        screen = await opened(learner)
        for kind, word in (("numeric", "计算"), ("single", "one choice")):
            screen.search.value = word
            await learner.settle()
            found = ids(screen)
            assert found
            assert {services.bank.questions[id_].kind for id_ in found} == {kind}
        screen.search.value = "new numeric"
        await learner.settle()
        assert ids(screen)
        screen.search.value = "known"
        await learner.settle()
        assert ids(screen) == []
        assert "No question matches." in learner.text()
        await learner.press("slash", "escape")
        assert len(ids(screen)) == len(services.bank.questions)
        await learner.press("f2")
        assert "题库" in learner.text()

    await play(scenario)
