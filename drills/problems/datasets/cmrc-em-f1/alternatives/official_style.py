"""In the manner of the official script: a list of punctuation, characters one by one, and substrings."""

import string

CHINESE = set("，。、；：？！“”‘’（）《》〈〉【】『』「」﹃﹄〔〕…—～￥·")


def mixed_segmentation(text):
    out, word = [], ""
    for letter in text.lower().strip():
        if letter in string.punctuation or letter in CHINESE:
            continue
        if "\u4e00" <= letter <= "\u9fa5" or letter.isspace():
            if word:
                out.append(word)
                word = ""
            if not letter.isspace():
                out.append(letter)
        else:
            word += letter
    return [*out, word] if word else out


def em_f1(prediction, references):
    p = mixed_segmentation(prediction)
    ems, f1s = [0], [0]
    for reference in references:
        r = mixed_segmentation(reference)
        best = 0
        for i in range(len(p)):
            for j in range(i + 1, len(p) + 1):
                n = j - i
                if n > best and any(r[k : k + n] == p[i:j] for k in range(len(r) - n + 1)):
                    best = n
        if best == 0:
            continue
        ems.append(int(p == r))
        precision, recall = best / len(p), best / len(r)
        f1s.append(2 * precision * recall / (precision + recall))
    return max(ems), max(f1s)
