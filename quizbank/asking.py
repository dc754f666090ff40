"""A question as it is put to the learner: numbers filled in, options in the order shown."""

from __future__ import annotations

from dataclasses import dataclass

from quizbank import seeded
from quizbank.models import FindError, Match, Multiple, Numeric, Order, Question, Single, Text
from quizbank.parametric import draw, render_text


@dataclass(frozen=True)
class Asked:
    """What the screen shows; `order[i]` is the file's index of what stands at place i.

    The order is that of the options (single, multiple), items (order), rights (match) or
    corrections (find_error), and empty for the other kinds.
    """

    question: Question
    seed: int
    stem: Text
    explanation: Text
    order: list[int]


def ask(question: Question, seed: int) -> Asked:
    """The question for this seed: the same in every process."""
    stem, explanation = question.stem, question.explanation
    if isinstance(question, Numeric):
        values = draw(question, seed).values
        stem, explanation = render_text(stem, values), render_text(explanation, values)
    return Asked(question, seed, stem, explanation, display_order(question, seed))


def display_order(question: Question, seed: int) -> list[int]:
    """The order shown; for an ordering question never the right one."""
    match question:
        case Single() | Multiple():
            if not question.shuffle:
                return list(range(len(question.options)))
            length = len(question.options)
        case Order():
            length = len(question.items)
        case Match():
            length = len(question.rights)
        case FindError():
            length = len(question.corrections)
        case _:
            return []
    random = seeded.source(question.id, seed)
    order = seeded.permutation(random, length)
    while isinstance(question, Order) and order == sorted(order):
        order = seeded.permutation(random, length)
    return order
