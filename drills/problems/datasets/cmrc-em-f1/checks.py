"""Checks of `cmrc-em-f1`: answers whose segments are known, since they are put together from them."""

import numpy as np
from hypothesis import strategies as st

from drills.checking import assert_close, check, unpack
from drills.strategies import sources

HAN = list("模型训练数据中国北京大学的是在年月日语言")
WORDS = ["bert", "gpt", "2018", "3", "lora", "cmrc", "100"]
MARKS = [
    "，",
    "。",
    "、",
    "；",
    "：",
    "？",
    "！",
    "“",
    "”",
    "（",
    "）",
    "《",
    "》",
    "【",
    "】",
    ",",
    ".",
    "!",
    "?",
    ";",
    ":",
    "(",
    ")",
    '"',
    "'",
    "‘",
    "’",
    "…",
    "—",
    "-",
    "_",
    "/",
]


def score(given, wanted):
    """EM and F1 of two segment lists, by trying every run."""
    runs = [
        length
        for length in range(1, min(len(given), len(wanted)) + 1)
        for i in range(len(given) - length + 1)
        for j in range(len(wanted) - length + 1)
        if given[i : i + length] == wanted[j : j + length]
    ]
    if not runs:
        return 0.0, 0.0
    return float(given == wanted), 2 * max(runs) / (len(given) + len(wanted))


def expect(candidate, prediction, references, em, f1):
    got = unpack(candidate.em_f1(prediction, list(references)), 2, "em", "f1")
    for name, mine, want in zip(("em", "f1"), got, (em, f1), strict=True):
        number = int(mine) if isinstance(mine, (bool, np.bool_)) else mine
        assert_close(number, np.float64(want), rtol=1e-9, atol=1e-12, name=name)


@check("Worked by hand: 发布于2018年 against 2018年.", "手算例子：“发布于2018年”与“2018年”。")
def test_by_hand(candidate):
    expect(candidate, "发布于2018年", ["2018年"], 0, 4 / 7)


@check("Equal answers score 1 and 1, different ones 0 and 0.", "相同的答案得 1 和 1，毫无共同的得 0 和 0。")
def test_equal(candidate):
    expect(candidate, "北京大学", ["北京大学"], 1, 1)
    expect(candidate, "北京大学", ["上海"], 0, 0)
    expect(candidate, "bert", ["bert"], 1, 1)
    expect(candidate, "BERT", ["bert"], 1, 1)


@check(
    "Han characters count one by one, every other run without spaces as one.",
    "汉字逐字计，其他不含空格的连续字符整体计。",
)
def test_segments(candidate):
    expect(candidate, "北京", ["北京大学"], 0, 2 / 3)
    expect(candidate, "gpt模型", ["gpu模型"], 0, 2 / 3)
    expect(candidate, "2018", ["2019"], 0, 0)
    expect(candidate, "gpt2", ["gpt3"], 0, 0)
    expect(candidate, "α粒子", ["β粒子"], 0, 2 / 3)
    expect(candidate, "café", ["cafés"], 0, 0)
    expect(candidate, "deep learning", ["deep learning model"], 0, 4 / 5)
    expect(candidate, "deep\tlearning\n", ["deep learning"], 1, 1)
    expect(candidate, "deep\u3000learning", ["deep learning"], 1, 1)  # the Chinese blank
    expect(candidate, "deeplearning", ["deep learning"], 0, 0)
    expect(candidate, "学deeplearning", ["学deep learning"], 0, 2 / 5)


@check("Case and punctuation of both kinds do not count.", "大小写和中英文标点都不计。")
def test_punctuation(candidate):
    expect(candidate, "北京，上海！", ["北京、上海。"], 1, 1)
    expect(candidate, "《红楼梦》。", ["红楼梦"], 1, 1)
    expect(candidate, "(LoRA)", ["lora."], 1, 1)
    expect(candidate, "“模型”：训练……", ["模型;训练"], 1, 1)
    expect(candidate, "用 BERT 模型", ["用BERT模型？"], 1, 1)
    expect(candidate, "约 3 , 或 4 。", ["约3或4"], 1, 1)
    expect(candidate, "北京——上海", ["北京…上海"], 1, 1)
    expect(candidate, "‘北京’_", ["-北京/"], 1, 1)
    expect(candidate, "北#京%大*学@[是]{在}&\\", ["北京大学是在"], 1, 1)


@check("The common run must be contiguous.", "共同的部分必须连续。")
def test_contiguous(candidate):
    expect(candidate, "中大国学", ["中国大学"], 0, 1 / 4)
    expect(candidate, "北京的大学", ["北京大学"], 0, 4 / 9)
    expect(candidate, "大学北京", ["北京大学"], 0, 1 / 2)
    expect(candidate, "年月日年月", ["月日年"], 0, 6 / 8)


@check("An exact match is not mere containment.", "包含参考答案不等于完全匹配。")
def test_containment(candidate):
    expect(candidate, "在北京大学", ["北京大学"], 0, 8 / 9)
    expect(candidate, "京", ["北京"], 0, 2 / 3)


@check("The best reference counts, for EM and F1 alike.", "取最好的参考答案，EM 与 F1 都如此。")
def test_references(candidate):
    expect(candidate, "北京", ["上海", "南方的京", "北京", "京"], 1, 1)
    expect(candidate, "北京大学", ["北京大学的", "北京", "上海"], 0, 8 / 9)
    expect(candidate, "北京大学", ["上海", "南京", "学"], 0, 2 / 5)


@check(
    "An empty side gives 0, also what is empty without its punctuation.",
    "任一方为空得 0，去掉标点后为空也一样。",
)
def test_empty(candidate):
    expect(candidate, "", ["北京"], 0, 0)
    expect(candidate, "北京", [""], 0, 0)
    expect(candidate, "", [""], 0, 0)
    expect(candidate, "。！", ["，"], 0, 0)
    expect(candidate, "北京", ["", "北京"], 1, 1)


def written(source, segments):
    """A text with these segments: marks anywhere but in a word, spaces only where no two Han characters meet."""
    text = ""
    for before, segment in zip([None, *segments], segments, strict=False):
        if before is not None:
            both_han = before in HAN and segment in HAN
            if not both_han and ((before in WORDS and segment in WORDS) or source.rng.random() < 0.3):
                text += " "
            elif both_han and source.rng.random() < 0.2:
                text += str(source.rng.choice(MARKS))
        text += segment.upper() if source.rng.random() < 0.3 else segment
    return (str(source.rng.choice(MARKS)) if source.rng.random() < 0.3 else "") + text


@check(
    "On drawn answers and references.",
    "在随机的答案与参考上正确。",
    examples=120,
    source=sources(("normal",), ("float64",)),
    lengths=st.lists(st.integers(0, 6), min_size=2, max_size=4),
    pool=st.integers(1, 5),
)
def test_drawn(candidate, source, lengths, pool):
    letters = [str(one) for one in source.rng.choice(HAN, pool)] + [
        str(one) for one in source.rng.choice(WORDS, 2)
    ]
    given, *wanted = [[str(one) for one in source.rng.choice(letters, n)] for n in lengths]
    scores = [score(given, one) for one in wanted]
    texts = [written(source, one) for one in (given, *wanted)]
    expect(candidate, texts[0], texts[1:], max(em for em, _ in scores), max(f1 for _, f1 in scores))
