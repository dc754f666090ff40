"""SQuAD's F1 over segments."""

import re
import unicodedata
from collections import Counter


def segments(text):
    kept = "".join(c for c in text.lower() if unicodedata.category(c)[0] != "P" and c not in "$+<=>^`|~￥")
    return re.findall(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+", kept)


def em_f1(prediction, references):
    given, em, f1 = segments(prediction), 0.0, 0.0
    for reference in references:
        wanted = segments(reference)
        common = sum((Counter(given) & Counter(wanted)).values())
        if common:
            em = max(em, float(given == wanted))
            f1 = max(f1, 2 * common / (len(given) + len(wanted)))
    return em, f1
