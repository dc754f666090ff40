"""A question as two sides of a card, in one language: what is asked, and what a right answer is."""

from __future__ import annotations

from dataclasses import dataclass

from quizbank.asking import ask
from quizbank.exporting.html import code_block, inline, listed, to_html
from quizbank.feedback import expected
from quizbank.models import (
    BLANK,
    Cloze,
    FindError,
    Language,
    Match,
    Multiple,
    Numeric,
    Option,
    Order,
    Question,
    Recall,
    Single,
    Snippet,
)

SEED = 0  # numbers are drawn and options shuffled once, so that a second export is the same

_WORDS: dict[str, dict[Language, str]] = {
    "all": {"en": "Choose all that hold.", "zh": "选出所有成立的选项。"},
    "order": {"en": "Put in order:", "zh": "排出正确顺序："},
    "match": {"en": "Match:", "zh": "配对："},
    "prints": {"en": "What does it print?", "zh": "输出是什么？"},
    "error": {"en": "Which part is wrong, and what is right?", "zh": "哪一处有错？应怎样改正？"},
    "wrong": {"en": "Wrong:", "zh": "错误之处："},
    "right": {"en": "Right:", "zh": "改正："},
    "asks": {"en": "Asked next:", "zh": "追问："},
    "sources": {"en": "Sources:", "zh": "来源："},
}


@dataclass(frozen=True)
class Sides:
    """Both sides as HTML; `answer` is the right answer alone, `reason` why."""

    front: str
    answer: str
    reason: str


def sides(question: Question, language: Language) -> Sides:
    asked = ask(question, SEED)
    front = to_html(asked.stem[language]) + _given(question, asked.order, language)
    return Sides(front, _answer(question, asked.order, language), to_html(asked.explanation[language]))


def sources(question: Question) -> str:
    """Where to look it up, as a list with links."""
    items = []
    for source in question.sources:
        said = inline(source.title) + (f", {inline(source.where)}" if source.where else "")
        if source.url:
            said += f' <a href="{inline(source.url)}">{inline(source.url)}</a>'
        items.append(said)
    return listed(items, ordered=False)


def _given(question: Question, order: list[int], language: Language) -> str:
    """What stands below the stem: options, a text with gaps, code."""
    match question:
        case Single() | Multiple():
            note = _note("all", language) if isinstance(question, Multiple) else ""
            return note + listed([to_html(question.options[place].text[language]) for place in order])
        case Cloze():
            text = BLANK.sub("`____`", question.text[language])
            return f"<blockquote>{to_html(text)}</blockquote>"
        case Order():
            shown = [to_html(question.items[place][language]) for place in order]
            return _note("order", language) + listed(shown, ordered=False)
        case Match():
            left = [to_html(pair.left[language]) for pair in question.pairs]
            right = [to_html(question.rights[place][language]) for place in order]
            return _note("match", language) + listed(left) + listed(right, ordered=False)
        case Snippet():
            return code_block(question.code) + _note("prints", language)
        case FindError():
            return segments_html(question, language) + _note("error", language)
        case Numeric() | Recall():
            return ""


def segments_html(question: FindError, language: Language) -> str:
    texts = [segment[language] for segment in question.segments]
    if question.code:
        return code_block("\n".join(f"{number:>2}  {line}" for number, line in enumerate(texts, 1)))
    return listed([to_html(text) for text in texts])


def _answer(question: Question, order: list[int], language: Language) -> str:
    match question:
        case Single() | Multiple():
            return _marked([question.options[place] for place in order], language)
        case Numeric() | Cloze():
            return f"<p>{_as_text(expected(question, SEED)[language])}</p>"
        case Order():
            return listed([to_html(item[language]) for item in question.items])
        case Match():
            return listed(
                [f"{to_html(one.left[language])} → {to_html(one.right[language])}" for one in question.pairs]
            )
        case Snippet():
            return code_block(question.output)
        case FindError():
            right = next(option for option in question.corrections if option.correct)
            place = listed([to_html(question.segments[question.error][language])], start=question.error + 1)
            return f"{_note('wrong', language)}{place}{_note('right', language)}<p>{to_html(right.text[language])}</p>"
        case Recall():
            points = [to_html(one.point[language]) for one in question.rubric]
            asks = [
                f"{to_html(one.ask[language])}<br>{to_html(one.answer[language])}"
                for one in question.follow_ups
            ]
            return listed(points) + _note("asks", language) + listed(asks, ordered=False)


def _marked(options: list[Option], language: Language) -> str:
    """Each option with a tick or a cross, and what is wrong with it."""
    items = []
    for option in options:
        said = f"{'✓' if option.correct else '✗'} {to_html(option.text[language])}"
        if option.feedback is not None:
            said += f"<br><i>{to_html(option.feedback[language])}</i>"
        items.append(said)
    return listed(items)


def _as_text(said: str) -> str:
    return inline(said).replace("\n", "<br>")


def _note(word: str, language: Language) -> str:
    return f"<p>{_WORDS[word][language]}</p>"


def heading(word: str, language: Language) -> str:
    return _WORDS[word][language]
