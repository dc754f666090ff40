"""A bank file, or a whole pack, to begin with: commented, valid as it stands, with the line that editors need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from quizbank.bank_files import MANIFEST
from quizbank.errors import PlainError, reason
from quizbank.facts import FILE_NAME as FACTS
from quizbank.loader import SCHEMAS, json_schema

MODELINE = "# yaml-language-server: $schema={schema}\n"
SCHEMA_FILE = "{name}.schema.json"


class CannotStart(PlainError):
    """The file or folder cannot be made; what was there is as it was."""


HEADER = """\
# Your own questions. Check them with: preptrain bank check
# 你自己的题目。用 preptrain bank check 检查。
#
# A text has both languages, {en: …, zh: …}; code or a formula may be one string for both.
# Quote texts with ': ' or ' #' in them, and put texts with a backslash in single quotes or in a block (|).
# 文本要有中英两种语言：{en: …, zh: …}；代码或公式可以只写一个字符串。
# 含 ': ' 或 ' #' 的文本要加引号；含反斜杠的用单引号或块（|）。
#
# Kinds 题型: single, multiple, numeric, cloze, order, match, recall, snippet, find_error
track: TRACK
questions:
"""

SINGLE = """\
  # Choose one 单选. The id is kebab-case, unique here, and never changed: your history hangs on it.
  # id 用小写字母、数字和连字符，不可重复，写定后不要再改：学习记录依它保存。
  - id: softmax-shift
    kind: single
    topic: softmax
    difficulty: 2                # 1 warm-up 热身 … 5 specialist 专家
    roles: [research, applied]   # of 可选: research, applied, infra
    seconds: 45
    stem:
      en: A constant is added to all logits. What happens to their softmax?
      zh: 所有 logits 都加上同一个常数，softmax 的结果会怎样？
    options:                     # 3 to 6, one of them correct; a wrong one says why it is wrong
      - text: {en: It becomes flatter, zh: 分布变平}
        feedback: {en: "Flattening takes a division, that is a temperature.", zh: 变平需要做除法，也就是调高温度。}
      - text: {en: It stays the same, zh: 分布不变}
        correct: true
      - text: {en: It becomes sharper, zh: 分布变尖}
        feedback: {en: "Sharpening takes a multiplication by more than one.", zh: 变尖需要乘上一个大于 1 的数。}
    explanation:
      en: 'The constant cancels: $e^{z_i+c}/\\sum_j e^{z_j+c} = e^{z_i}/\\sum_j e^{z_j}$. Subtracting the maximum uses this.'
      zh: '常数会约掉：$e^{z_i+c}/\\sum_j e^{z_j+c} = e^{z_i}/\\sum_j e^{z_j}$。减去最大值的做法正是利用这一点。'
    sources:                     # where a person can look it up, and when you did
      - {title: "Goodfellow et al., Deep Learning", where: "§4.1", url: "https://www.deeplearningbook.org", checked: TODAY}
"""

NUMERIC = """\
  # Compute a number 计算题. Values are drawn from the lists; <<…>> shows one, or an expression of them.
  # 参数从列表中随机抽取；<<…>> 显示参数或表达式的值。
  - id: weights-in-half-precision
    kind: numeric
    topic: memory
    difficulty: 1
    stem:
      en: "A model has <<n>> billion parameters in bf16. How many GB (10⁹ bytes) do they take?"
      zh: 一个模型有 <<n>>B 个参数，以 bf16 存储。占多少 GB（10⁹ 字节）？
    parameters: {n: [7, 13, 70]}
    where: []                    # conditions that a draw must meet, such as "n > k" 抽取须满足的条件
    let: {bytes: BYTES}  # named steps 中间量
    answer: "n * bytes"
    unit: GB                     # or null 可为 null
    tolerance: {relative: 0.01}  # or {absolute: 0} for an exact integer 精确整数用 {absolute: 0}
    explanation:
      en: "bf16 takes <<bytes>> bytes: <<n>> × <<bytes>> = <<n * bytes>> GB."
      zh: bf16 每个数 <<bytes>> 字节：<<n>> × <<bytes>> = <<n * bytes>> GB。
    sources:
      - {title: "PyTorch documentation, Tensor Attributes", url: "https://docs.pytorch.org/docs/stable/tensor_attributes.html", checked: TODAY}
"""

RECALL = """\
  # Answer in words 问答题: 4 to 8 key points with weights, and what the interviewer asks next.
  # 4 到 8 个要点及权重，以及面试官接下来的追问。
  - id: why-warm-up
    kind: recall
    topic: learning-rate
    difficulty: 3
    seconds: 180
    stem:
      en: Why is the learning rate of a Transformer warmed up?
      zh: 训练 Transformer 时学习率为什么要预热（warmup）？
    rubric:
      - {point: {en: "Adam's second moment rests on few gradients at first, so early steps vary a lot.", zh: Adam 的二阶矩起初只由少量梯度估计，早期步长波动大。}, weight: 2}
      - {point: {en: "With post-norm, gradients near the output are large at initialisation.", zh: Post-norm 结构在初始化时靠近输出的层梯度偏大。}, weight: 2}
      - {point: {en: "Large early steps can lead into a region that training does not leave.", zh: 早期步子太大可能走进之后难以离开的区域。}}
      - {point: {en: "A linear warm-up is followed by a decay.", zh: 通常线性预热，之后再衰减。}}
    follow_ups:
      - after: good
        ask: {en: "Does pre-norm still need it?", zh: Pre-norm 还需要预热吗？}
        answer: {en: "Less; a short one is kept, as Adam's estimate is still poor at first.", zh: 需求小得多，但一般仍保留一小段，因为 Adam 的估计起初还不准。}
      - after: weak
        ask: {en: "What does Adam divide a step by?", zh: Adam 的步长要除以什么？}
        answer: {en: "The square root of its running mean of squared gradients.", zh: 梯度平方滑动平均的平方根。}
    explanation:
      en: Early on Adam's variance estimate is poor and post-norm gradients are large, so the first steps are kept small.
      zh: 训练早期 Adam 的方差估计不准，post-norm 的梯度又偏大，所以先用小步长。
    sources:
      - {title: "Xiong et al. 2020, On Layer Normalization in the Transformer Architecture", url: "https://arxiv.org/abs/2002.04745", checked: TODAY}
"""

EXAMPLES = {"single": SINGLE, "numeric": NUMERIC, "recall": RECALL}

MANIFEST_TEXT = """\
# A pack: this folder, or a zip of it. Its name stands before the ids of its questions: PACK/question.
# 题包：即此文件夹，或它的 zip。题包名会加在题目 id 之前：PACK/题目。
pack: PACK
format: 1
title: {en: "PACK", zh: "PACK"}
version: "1"
# author: …
# license: CC-BY-4.0
# url: https://…
"""

FACTS_TEXT = """\
# Numbers that stand in several questions, written once. Use them as WEIGHT_BYTES in let and answer, as <<WEIGHT_BYTES>> in texts.
# 多道题共用的数，只在这里写一次。在 let、answer 中写 WEIGHT_BYTES，在文本中写 <<WEIGHT_BYTES>>。
facts:
  WEIGHT_BYTES:
    says: {en: Bytes of a weight in bf16., zh: bf16 权重的字节数。}
    number: 2
    sources:
      - {title: "PyTorch documentation, Tensor Attributes", url: "https://docs.pytorch.org/docs/stable/tensor_attributes.html", checked: TODAY}
"""


def bank_text(track: str, today: date, weight_bytes: str = "'2'") -> str:
    """A bank file with an example of three kinds."""
    examples = "\n".join(EXAMPLES.values()).replace("BYTES", weight_bytes)
    return _modeline("bank") + _filled(HEADER + examples, track, today)


def start_file(path: Path, track: str, today: date) -> list[Path]:
    """Write a bank file and, beside it, the schema that its first line names; raises CannotStart."""
    return _write(
        {path: bank_text(track, today), path.parent / SCHEMA_FILE.format(name="bank"): _schema("bank")}
    )


def start_pack(folder: Path, name: str, today: date) -> list[Path]:
    """Write a pack's folder: manifest, facts, a file of questions and the schemas; raises CannotStart."""
    if folder.exists():
        raise _exists(folder)
    files = {
        folder / MANIFEST: _modeline("manifest") + MANIFEST_TEXT.replace("PACK", name),
        folder / FACTS: _modeline("facts") + _filled(FACTS_TEXT, name, today),
        folder / "questions.yaml": bank_text(name, today, "WEIGHT_BYTES"),
        **{folder / SCHEMA_FILE.format(name=one): _schema(one) for one in SCHEMAS},
    }
    return _write(files)


def _modeline(name: str) -> str:
    return MODELINE.format(schema=SCHEMA_FILE.format(name=name))


def _schema(name: str) -> str:
    return json.dumps(json_schema(name), ensure_ascii=False, indent=1) + "\n"


def _filled(text: str, track: str, today: date) -> str:
    return text.replace("TRACK", track).replace("TODAY", today.isoformat())


def _write(files: dict[Path, str]) -> list[Path]:
    """Write all files; of those there are, schemas alone are replaced."""
    for path in _kept(files):
        raise _exists(path)
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        en, zh = reason(error)
        raise CannotStart(
            f"cannot write {error.filename}: {en}", f"无法写入 {error.filename}：{zh}"
        ) from error
    return list(files)


def _kept(files: dict[Path, str]) -> Iterator[Path]:
    return (path for path in files if path.exists() and not path.name.endswith(".schema.json"))


def _exists(path: Path) -> CannotStart:
    return CannotStart(f"{path} is there already; choose another name", f"{path} 已存在；请换一个名字")
