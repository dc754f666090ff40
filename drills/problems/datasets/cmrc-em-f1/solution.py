"""EM and F1 for Chinese extractive answers, as in the CMRC 2018 evaluation."""

import re
import unicodedata

SEGMENT = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\s\u3400-\u9fff\uf900-\ufaff]+")


def em_f1(prediction: str, references: list[str]) -> tuple[float, float]:
    """The best exact match and the best F1 over the references."""
    given = segments(prediction)
    em = f1 = 0.0
    for reference in references:
        wanted = segments(reference)
        if given and wanted:
            em = max(em, float(given == wanted))
            f1 = max(f1, overlap_f1(given, wanted))
    return em, f1


def segments(text: str) -> list[str]:
    """Lower-cased, without punctuation: Han characters singly, other runs as words."""
    kept = "".join(letter for letter in text.lower() if not is_punctuation(letter))
    return SEGMENT.findall(kept)


def is_punctuation(letter: str) -> bool:
    """Unicode's punctuation, and the signs such as + and ~ that ASCII calls so, in either width."""
    return unicodedata.category(letter)[0] == "P" or letter in "$+<=>^`|~￥＋＜＝＞＾｀｜～"


def overlap_f1(given: list[str], wanted: list[str]) -> float:
    """F1 by the longest common contiguous run."""
    longest = 0
    row = [0] * (len(wanted) + 1)
    for segment in given:
        row = [0] + [row[j] + 1 if segment == other else 0 for j, other in enumerate(wanted)]
        longest = max(longest, *row)
    return 2 * longest / (len(given) + len(wanted))
