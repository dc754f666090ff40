"""Data sets: metrics worked on texts that are made to have the counts in the question."""

from __future__ import annotations

from itertools import pairwise

from . import recomputes


@recomputes("rouge-l-f1")
def f1_of_two_made_up_texts(c: int, r: int, l: int) -> float:
    """Texts with a common subsequence of that length and nothing else in common; the LCS by dynamic programming."""
    candidate = [f"both{place}" for place in range(l)] + [f"ours{place}" for place in range(c - l)]
    reference = [f"theirs{place}" for place in range(r - l)] + [f"both{place}" for place in range(l)]
    row = [0] * (len(reference) + 1)
    for token in candidate:
        previous = 0
        for place, other in enumerate(reference, 1):
            previous, row[place] = (
                row[place],
                previous + 1 if token == other else max(row[place], row[place - 1]),
            )
    precision, recall = row[-1] / len(candidate), row[-1] / len(reference)
    return 2 / (1 / precision + 1 / recall)


@recomputes("cmrc-whole-sentence-answers")
def scored_answer_by_answer(e: int, p: int, r: int) -> float:
    """A hundred made-up answers, each compared with its reference by the longest run common to both."""
    reference = [f"answer{place}" for place in range(r)]
    before = [f"before{place}" for place in range((p - r) // 2)]
    after = [f"after{place}" for place in range(p - r - len(before))]
    answers = [reference if number < e else before + reference + after for number in range(100)]
    total = 0.0
    for answer in answers:
        run = max(
            length
            for length in range(len(reference) + 1)
            for start in range(len(answer) - length + 1)
            for other in range(len(reference) - length + 1)
            if answer[start : start + length] == reference[other : other + length]
        )
        precision, recall = run / len(answer), run / len(reference)
        total += 2 / (1 / precision + 1 / recall)
    return total


@recomputes("majority-class-macro-f1")
def macro_f1_from_counts(a: int) -> float:
    """True and false positives and false negatives of both classes, over a hundred reviews."""
    truth = ["positive"] * a + ["negative"] * (100 - a)
    guesses = ["positive"] * 100
    scores = []
    for label in ("positive", "negative"):
        hits = sum(t == g == label for t, g in zip(truth, guesses, strict=True))
        wrong = sum((t == label) != (g == label) for t, g in zip(truth, guesses, strict=True))
        scores.append(2 * hits / (2 * hits + wrong))
    return 100 * sum(scores) / len(scores)


@recomputes("sentence-pairs-from-intents")
def share_of_pairs_within_an_intent(m: int, k: int) -> float:
    """Every pair of questions looked at once."""
    intents = [question // k for question in range(m * k)]
    same = total = 0
    for place, intent in enumerate(intents):
        total += len(intents) - place - 1
        same += intents[place + 1 : place + k].count(intent)
    return 100 * same / total


@recomputes("rouge-2-counts-bigrams")
def rouge_2_of_made_up_texts(c: int, r: int, m: int) -> float:
    """Texts that share one run of m + 1 characters, and so m bigrams."""
    shared = [f"both{place}" for place in range(m + 1)]
    candidate = shared + [f"ours{place}" for place in range(c - m - 1)]
    reference = [f"theirs{place}" for place in range(r - m - 1)] + shared
    given = list(pairwise(candidate))
    wanted = list(pairwise(reference))
    common = len(set(given) & set(wanted))
    return 2 / (len(given) / common + len(wanted) / common)


@recomputes("dialogue-prefix-samples-cost")
def tokens_of_all_samples(n: int, t: int) -> float:
    dialogue = [[utterance] * t for utterance in range(n)]
    prefixes = [dialogue[: target + 1] for target in range(1, n)]
    processed = sum(len(utterance) for prefix in prefixes for utterance in prefix)
    return processed / sum(len(utterance) for utterance in dialogue)
