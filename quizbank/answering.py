"""From a question and an answer to a score, and to what was right and wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, zip_longest
from typing import Any

from quizbank.comparing import same_blank, same_output, spaced_alike
from quizbank.errors import PlainError
from quizbank.expressions import plain
from quizbank.feedback import (
    Feedback,
    Part,
    about,
    accepted_spellings,
    chosen_said,
    expected,
    right_said,
    say,
    segment_said,
)
from quizbank.models import (
    CONTROL,
    Cloze,
    FindError,
    Match,
    Multiple,
    Numeric,
    Order,
    Question,
    Recall,
    Single,
    Snippet,
)
from quizbank.parametric import draw
from quizbank.units import QuantityError, parse_quantity, slip

__all__ = ["RECALL_PASS", "AnswerError", "Feedback", "Part", "expected", "grade"]

Graded = tuple[float, bool, list[Part]]

RECALL_PASS = 0.6  # share of the rubric's weight from which an answer in words counts as right


class AnswerError(PlainError):
    """Input that is no answer at all, such as letters where a number goes; nothing is recorded."""


def grade(question: Question, answer: Any, seed: int) -> Feedback:
    """Grade an answer of the shape that the question's class describes; raises AnswerError.

    None is "I do not know" for every kind: score 0, with the right answer.
    """
    if answer is None:
        said = say("No answer was given.", "没有作答。")
        return Feedback(0.0, False, [Part(False, said)], expected(question, seed))
    score, correct, parts = _GRADERS[type(question)](question, answer, seed)
    return Feedback(score, correct, parts, expected(question, seed))


def _single(question: Single, answer: Any, seed: int) -> Graded:
    chosen = _index(answer, len(question.options))
    parts = [chosen_said(question.options[chosen])]
    if not parts[0].ok:
        parts.append(right_said(question.options))
    return float(parts[0].ok), parts[0].ok, parts


def _multiple(question: Multiple, answer: Any, seed: int) -> Graded:
    picked = set(_indices(answer, len(question.options)))
    if not picked:
        raise AnswerError("choose at least one option", "请至少选一项")
    right = {index for index, option in enumerate(question.options) if option.correct}
    score = max(0, len(picked & right) - len(picked - right)) / len(right)
    parts = []
    for index, option in enumerate(question.options):
        if index in picked:
            parts.append(chosen_said(option))
        elif option.correct:
            parts.append(Part(False, about(option, "missed, it holds", "漏选，这一项成立")))
        else:
            parts.append(Part(True, about(option, "rightly left out", "没有选，正确")))
    return score, picked == right, parts


def _numeric(question: Numeric, answer: Any, seed: int) -> Graded:
    exact = draw(question, seed).answer
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        answer = str(answer)
    try:
        given = parse_quantity(_typed(answer), question.unit)
    except QuantityError as error:
        raise AnswerError(error.en, error.zh) from None
    # 1e-9: what conversion between units may lose.
    allowed = max(question.tolerance.relative * abs(exact), question.tolerance.absolute, 1e-9 * abs(exact))
    ok = abs(given - exact) <= allowed
    unit = f" {question.unit}" if question.unit else ""
    shown, right = f"{plain(given)}{unit}", f"{plain(exact)}{unit}"
    if ok:
        return 1.0, True, [Part(True, say(f"{shown}; exactly: {right}", f"{shown}；准确值：{right}"))]
    parts = [Part(False, say(f"{shown}; it is {right}", f"{shown}；应为 {right}"))]
    if hint := slip(given, exact):
        parts.append(Part(False, say(*hint)))
    return 0.0, False, parts


def _cloze(question: Cloze, answer: Any, seed: int) -> Graded:
    if not isinstance(answer, dict):
        raise AnswerError("a text for each gap is needed", "每个空都需要一个文本")
    if unknown := answer.keys() - question.blanks.keys():
        names = ", ".join(sorted(map(str, unknown)))
        raise AnswerError(f"no such gap: {names}", f"没有这个空：{names}")
    given_or_empty = {name: "" if answer.get(name) is None else answer[name] for name in question.blanks}
    typed = {name: _typed(text).strip() for name, text in given_or_empty.items()}
    if not any(typed.values()):
        raise AnswerError("fill at least one gap", "请至少填一个空")
    parts = []
    for name, blank in question.blanks.items():
        given, wanted = typed[name], accepted_spellings(blank.accept)
        if same_blank(given, blank.accept):
            said = say(f"{name}: {given}", f"{name}：{given}")
        elif given:
            said = say(f"{name}: {given}; it is {wanted.en}", f"{name}：{given}；应为 {wanted.zh}")
        else:
            said = say(f"{name}: empty; it is {wanted.en}", f"{name}：未填；应为 {wanted.zh}")
        parts.append(Part(same_blank(given, blank.accept), said))
    return _share(parts), all(part.ok for part in parts), parts


def _order(question: Order, answer: Any, seed: int) -> Graded:
    length = len(question.items)
    arranged = _indices(answer, length)
    if len(arranged) != length:
        raise AnswerError(f"arrange all {length} items", f"请排列全部 {length} 项")
    # Items that read the same may change places.
    rank = [question.items.index(question.items[index]) for index in arranged]
    right = [question.items.index(item) for item in question.items]
    pairs = list(combinations(rank, 2))
    score = sum(first <= second for first, second in pairs) / len(pairs)
    parts = []
    for place, index in enumerate(arranged):
        ok, item = rank[place] == right[place], question.items[index]
        en, zh = f"{place + 1}. {item.en}", f"{place + 1}. {item.zh}"
        if not ok:
            en, zh = f"{en} (belongs at place {index + 1})", f"{zh}（应在第 {index + 1} 位）"
        parts.append(Part(ok, say(en, zh)))
    return score, rank == right, parts


def _match(question: Match, answer: Any, seed: int) -> Graded:
    lefts, rights = len(question.pairs), question.rights
    if not isinstance(answer, list) or len(answer) != lefts or all(one is None for one in answer):
        raise AnswerError(f"choose a partner for each of the {lefts}", f"请为 {lefts} 项各选一个对应项")
    parts = []
    for pair, chosen in zip(question.pairs, answer, strict=True):
        given = None if chosen is None else rights[_index(chosen, len(rights))]
        ok = given == pair.right  # the same text may stand at several places
        shown = given or say("(nothing)", "（未选）")
        en, zh = f"{pair.left.en} → {shown.en}", f"{pair.left.zh} → {shown.zh}"
        if not ok:
            en, zh = f"{en}; it is {pair.right.en}", f"{zh}；应为 {pair.right.zh}"
        parts.append(Part(ok, say(en, zh)))
    return _share(parts), all(part.ok for part in parts), parts


def _recall(question: Recall, answer: Any, seed: int) -> Graded:
    if not isinstance(answer, dict) or not isinstance(answer.get("text", ""), str):
        raise AnswerError("a text and the ticked key points are needed", "需要回答的文本和勾选的要点")
    ticked = set(_indices(answer.get("ticked", []), len(question.rubric)))
    total = sum(point.weight for point in question.rubric)
    score = sum(question.rubric[index].weight for index in ticked) / total
    parts = [Part(index in ticked, point.point) for index, point in enumerate(question.rubric)]
    return score, score >= RECALL_PASS, parts


def _snippet(question: Snippet, answer: Any, seed: int) -> Graded:
    typed = _typed(answer)
    if not typed.strip():
        raise AnswerError("type what the program prints", "请输入程序的输出")
    if same_output(typed, question.output):
        return 1.0, True, [Part(True, say("This is what it prints.", "输出正是如此。"))]
    if spaced_alike(typed, question.output):
        said = say("Right; only the spaces within a line differ.", "正确，只是行内空格不同。")
        return 1.0, True, [Part(True, said)]
    return 0.0, False, _compare_lines(typed, question.output)


def _compare_lines(typed: str, output: str) -> list[Part]:
    """Line by line: what was typed, and what the program prints."""
    parts = []
    pairs = zip_longest(typed.rstrip().split("\n"), output.rstrip().split("\n"))
    for number, (mine, real) in enumerate(pairs, start=1):
        if mine is None:
            said = say(f"line {number} is missing: {real}", f"缺少第 {number} 行：{real}")
        elif real is None:
            said = say(f"line {number} is too much: {mine}", f"多出第 {number} 行：{mine}")
        elif spaced_alike(mine, real):
            parts.append(Part(True, say(f"line {number}: {mine}", f"第 {number} 行：{mine}")))
            continue
        else:
            said = say(f"line {number}: {mine}; it prints {real}", f"第 {number} 行：{mine}；应输出 {real}")
        parts.append(Part(False, said))
    return parts


def _find_error(question: FindError, answer: Any, seed: int) -> Graded:
    if not isinstance(answer, dict) or "segment" not in answer:
        raise AnswerError("choose the wrong segment and its correction", "请选出错误的片段及其改正")
    segment = _index(answer["segment"], len(question.segments))
    found = segment == question.error
    parts = [Part(found, segment_said(question, segment, "the mistake is here", "错误就在这里"))]
    if not found:
        parts[0] = Part(False, segment_said(question, segment, "this one is right", "这一段没有错"))
        parts.append(Part(True, segment_said(question, question.error, "the mistake is here", "错误在这里")))
    mended = False
    if (correction := answer.get("correction")) is not None:
        option = question.corrections[_index(correction, len(question.corrections))]
        mended = option.correct
        parts.append(chosen_said(option))
    if not mended:
        parts.append(right_said(question.corrections))
    return 0.5 * found + 0.5 * mended, found and mended, parts


_GRADERS: dict[type, Callable[[Any, Any, int], Graded]] = {
    Single: _single,
    Multiple: _multiple,
    Numeric: _numeric,
    Cloze: _cloze,
    Order: _order,
    Match: _match,
    Recall: _recall,
    Snippet: _snippet,
    FindError: _find_error,
}


def _share(parts: Sequence[Part]) -> float:
    return sum(part.ok for part in parts) / len(parts)


def _typed(answer: Any) -> str:
    if not isinstance(answer, str):
        raise AnswerError("a typed text is needed", "需要输入文本")
    text = answer.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return CONTROL.sub("", text)  # a terminal can paste anything


def _index(answer: Any, length: int) -> int:
    """An index into the file's list: a whole number within it, and not True for 1."""
    if isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer < length:
        raise AnswerError(f"choose one of the {length}", f"请在 {length} 项中选一项")
    return answer


def _indices(answer: Any, length: int) -> list[int]:
    if not isinstance(answer, list):
        raise AnswerError("a list of choices is needed", "需要一组选项")
    chosen = [_index(one, length) for one in answer]
    if len(set(chosen)) != len(chosen):
        raise AnswerError("a choice is there twice", "有选项重复")
    return chosen
