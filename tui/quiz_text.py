"""What the quiz page says around a question: its title line, an offered drill, and the end of a sitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.messages import (
    AGAIN,
    DRILL_NOW,
    LEFT,
    NO_QUESTIONS,
    QUIZ,
    SESSION_ALL_DONE,
    SESSION_DONE,
    SESSION_NEXT,
    SESSION_SUMMARY,
    Bilingual,
    join,
    same,
)

if TYPE_CHECKING:
    from drills.catalog import Drill
    from quizbank.asking import Asked
    from quizbank.syllabus import Syllabus
    from tui.quiz_session import QuizRun


def title_line(asked: Asked, run: QuizRun, syllabus: Syllabus) -> tuple[Bilingual, Bilingual]:
    """Where the question belongs, and how hard it is, how many are left, and whether it is asked again."""
    question = asked.question
    names: list[Bilingual] = [QUIZ]
    for track, topic in syllabus.topics():
        if topic.id == question.topic:
            names += [track.title, topic.title]
    stars = same("●" * question.difficulty + "○" * (5 - question.difficulty))
    status = join("  ", stars, LEFT.format(count=run.remaining))
    return join(" · ", *names), join("  ", AGAIN, status) if run.is_repeat else status


def offer(drill: Drill) -> Bilingual:
    text = DRILL_NOW.format(title=drill.title, minutes=drill.minutes)
    return join("\n\n", same(""), join("", same("# "), drill.title), text)


def farewell(run: QuizRun) -> tuple[Bilingual, Bilingual]:
    """The page after the last question, and the line under it."""
    if run.questions_answered == 0:
        return NO_QUESTIONS, SESSION_ALL_DONE
    summary = SESSION_SUMMARY.format(answered=run.questions_answered, right=run.right_at_once)
    return join("\n\n", join("", same("# "), SESSION_DONE), summary), SESSION_NEXT
