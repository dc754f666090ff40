"""What is said of a bank file's faults, in Chinese: by the English sentence, which is the one in the code.

A sentence has a core and may have tails, such as a suggestion; both are looked up here. What a program of others says
(libyaml, zlib) stays as it is, within a Chinese sentence.
"""

from __future__ import annotations

import re
from functools import lru_cache

# `{a}` stands for anything; what is in it is put into the Chinese sentence as it is, or translated where it is named {t}.
TAILS: dict[str, str] = {
    "; did you mean {a}?": "；是否想写 {a}？",
    "; there are: {a}": "；可用的有：{a}",
    " (there are: {a})": "（已有：{a}）",
    "; write it into {a}": "；请写入 {a}",
    " (is {a} meant to be it?)": "（是否误写成了 {a}？）",
    " in quizbank/syllabus.yaml": "，见 quizbank/syllabus.yaml",
    " (it is {a})": "（现在是 {a}）",
    ": put it in quotes": "：请加引号",
    ": write {{en: …, zh: …}}, or put it in quotes": "：请写成 {{en: …, zh: …}}，或加引号",
    "; indent with spaces, not with tabs": "；请用空格缩进，不要用制表符",
    "; a text with ': ' in it must be quoted, or be a block (|, >-)": "；含 ': ' 的文本要加引号，或用块（|、>-）",
    "; use single quotes or a block (|) where there is a backslash": "；含反斜杠的文本请用单引号或块（|）",
}

SENTENCES: dict[str, str] = {
    # files
    "not a file": "不是文件",
    "no such file or folder": "文件或文件夹不存在",
    "cannot be read: {a}": "无法读取：{a}",
    "cannot be read as a zip: {a}": "无法作为 zip 读取：{a}",
    "larger than {a} MB: split the file": "超过 {a} MB：请拆分文件",
    "larger than {a} MB: split the pack": "超过 {a} MB：请拆分题包",
    "larger than {a} MB when unpacked: split the pack": "解压后超过 {a} MB：请拆分题包",
    "not UTF-8 (byte {a}): save the file as UTF-8": "不是 UTF-8（字节 {a}）：请把文件存为 UTF-8",
    "control character {a}: remove it, or is this no text file?": "含有控制字符 {a}：请删除，或者这不是文本文件？",
    "the folder has no .yaml file": "文件夹里没有 .yaml 文件",
    # YAML
    "the file is empty": "文件是空的",
    "not YAML: {a}": "不是 YAML：{a}",
    "YAML: {a}": "YAML 语法错误：{a}",
    "*{a}: aliases are not allowed, write the text out": "*{a}：不允许使用别名，请写出全文",
    "a second document (---): one file holds one": "出现了第二个文档（---）：一个文件只能有一个",
    "duplicate key {a}, first on line {b}, column {c}": "键 {a} 重复，首次出现在第 {b} 行第 {c} 列",
    "nested deeper than {a} levels": "嵌套超过 {a} 层",
    "a list or mapping as a key: is a text with {{, [ or ? not quoted?": "列表或映射不能作键：是否有含 {{、[ 或 ? 的文本没加引号？",
    "YAML reads {a} as true or false: write {b} in quotes": "YAML 会把 {a} 读成真或假：请写成带引号的 {b}",
    "YAML reads {a} as another number: write {b} in quotes": "YAML 会把 {a} 读成另一个数：请写成带引号的 {b}",
    "YAML takes {a} for a {b}, but it is none": "YAML 把 {a} 当作 {b}，但它不是",
    "the tag {a} is not allowed": "不允许使用标签 {a}",
    # fields
    "a number or a text is expected here": "这里应是数或文本",
    "no such field": "没有这个字段",
    "the field is missing": "缺少这个字段",
    "the text is empty": "文本是空的",
    "{k} is expected, not nothing: write a value": "应为{k}，这里却是空的：请填写",
    "{k} is expected, not {a}, which YAML takes for {l}": "应为{k}，而 {a} 会被 YAML 当作{l}",
    "{k} is expected, not {l}": "应为{k}，而不是{l}",
    "{a} is no kind of question": "没有 {a} 这种题型",
    "the question has no kind: one of {a}": "题目没有写题型 kind，可选：{a}",
    "{a} must be kebab-case: a-z, 0-9 and single hyphens": "{a} 只能用小写字母、数字和单个连字符",
    "at least {a} entries are needed, there are {b}": "至少需要 {a} 项，现有 {b} 项",
    "at most {a} entries are needed, there are {b}": "最多 {a} 项，现有 {b} 项",
    "{a} is not {b}": "{a} 不是 {b}",
    "input should be less than or equal to {a}": "应不大于 {a}",
    "input should be less than {a}": "应小于 {a}",
    "input should be greater than or equal to {a}": "应不小于 {a}",
    "input should be greater than {a}": "应大于 {a}",
    "input should be a valid integer{a}": "应为整数",
    "input should be a valid number{a}": "应为数",
    "input should be a valid boolean{a}": "应为 true 或 false",
    "input should be a finite number": "应为有限的数",
    "input should be a valid date{a}": "应为日期，例如 2026-11-30",
    "input should be a valid {a}": "应为合法的 {a}",
    "input should be {a}": "应为 {a}",
    "string should match pattern {a}": "应符合格式 {a}",
    "string should have at least {a} characters": "至少要有 {a} 个字符",
    "string should have at most {a} characters": "最多 {a} 个字符",
    "control character {a}: a backslash in double quotes was eaten by YAML; use a block scalar (|) or single quotes": (
        "含有控制字符 {a}：双引号里的反斜杠被 YAML 转义了，请改用块（|）或单引号"
    ),
    "a wrong option needs a feedback that says why it is wrong": "错误选项需要 feedback，说明它错在哪里",
    "exactly one option must be correct": "必须恰好有一个正确选项",
    "at least one option must be correct": "至少要有一个正确选项",
    "text.{a} has the gaps {b}, blanks has {c}": "text.{a} 中的空是 {b}，blanks 中是 {c}",
    "one follow-up after a good answer and one after a weak one are needed": "需要 after: good 和 after: weak 的追问各至少一条",
    "error is {a}, but the segments end at {b}": "error 是 {a}，而片段的编号到 {b} 为止",
    # ids, tracks, topics
    "write {a}: the pack's name is put before it by itself": "请写 {a}：题包名会自动加在前面",
    "an id has at most 80 letters, this one {a}": "id 最多 80 个字符，现有 {a} 个",
    "the id {a} is also that of {b}; rename one of them": "id {a} 与 {b} 处的重复；请给其中一个改名",
    "no such track {a}": "没有方向 {a}",
    "no such topic {a}": "没有知识点 {a}",
    "{a} is of track {b}, not {c}": "{a} 属于方向 {b}，不属于 {c}",
    # packs
    "more than {a} folders deep: flatten the pack": "目录超过 {a} 层：请减少层数",
    "more than {a} files: split the pack": "文件超过 {a} 个：请拆分题包",
    "more than {a} entries: split the pack": "条目超过 {a} 个：请拆分题包",
    "a link that leads out of the pack: put the file itself there": "链接指向题包之外：请放入文件本身",
    "a pack within a pack: put it beside, not inside": "题包里不能再套题包：请放在旁边",
    "the pack has no .yaml file besides its manifest": "题包中除 manifest 外没有 .yaml 文件",
    "{a} is a name of preptrain's: choose another": "{a} 是 preptrain 的保留名：请换一个",
    "{a} is also the name of {b}: remove one": "{a} 也是 {b} 的名字：请去掉一个",
    "no {a} in the zip: preptrain bank new --pack shows one": "zip 中没有 {a}：可用 preptrain bank new --pack 查看样例",
    "the same name twice, on some systems at least": "名字重复（至少在某些系统上）",
    "a backslash in a name: pack it with / between folders": "名字中有反斜杠：打包时目录之间请用 /",
    "a drive or a colon in a name": "名字中有盘符或冒号",
    "an absolute name: a pack names its files from its own folder": "绝对路径：题包中的名字应从题包自己的目录写起",
    "a name with .., . or nothing between its slashes leads elsewhere": "名字的斜杠之间有 ..、. 或为空，会指向别处",
    "a control character in a name": "名字中有控制字符",
    "a name of more than {a} letters": "名字超过 {a} 个字符",
    "a link or a device: put the file itself there": "是链接或设备：请放入文件本身",
    "encrypted: a pack has no password": "已加密：题包不能有密码",
    "compressed in a way other than deflate": "压缩方式不是 deflate",
    "unpacks to more than {a} times its size: a bomb?": "解压后超过原大小的 {a} 倍：是否为压缩炸弹？",
    # facts
    "exactly one of number, formula and text is needed": "number、formula、text 必须恰好写一个",
    "only a formula has arguments (of)": "只有 formula 才有参数 of",
    "never: {a} is no regular expression: {b}": "never：{a} 不是正则表达式：{b}",
    "{a} is defined by itself: {b}": "{a} 的定义用到了自己：{b}",
    "no such fact {a}": "没有共用数 {a}",
    "{a} is a text: it stands alone, as {b}": "{a} 是文本：只能单独写作 {b}",
    "{a} needs its arguments: {b}": "{a} 需要参数：{b}",
    "{a} takes {b} arguments: {c}": "{a} 有 {b} 个参数：{c}",
    "{a} is no name of a fact: capitals with an underscore, such as LORA_ALPHA": "{a} 不能作共用数的名字：应为大写加下划线，例如 LORA_ALPHA",
    "{a} is not among `of`: {b}": "{a} 不在 of 中：{b}",
    "the formula does not use its argument {a}": "公式没有用到参数 {a}",
    "no question uses this fact: remove it, or use it": "没有题目用到它：请删除，或加以使用",
    "{a} is a fact: write {b}, so that it stands in one place": "{a} 是共用数：请写 {b}，使它只在一处出现",
    # numbers
    "no such name {a}": "没有名字 {a}",
    "{a} is the name of something else: rename the step": "{a} 已另有所指：请给这一步改名",
    "{a} draws of {b} met no `where`; loosen it": "从 {b} 种组合中抽取 {a} 次都不满足 where；请放宽条件",
    "no values of the parameters meet `where`": "没有参数取值满足 where",
    "the parameter {a} has no values": "参数 {a} 没有取值",
    "let.{a} is the name of something else": "let.{a} 已另有所指",
    "{a} is too large": "{a} 太大",
    "{a} is no real number": "{a} 不是实数",
    "arithmetic needs numbers": "算术运算需要数",
    "round() takes at most 15 digits": "round() 最多 15 位",
    "gives {a}, not a number or a text": "得到 {a}，不是数或文本",
    "gives {a}, not a finite number": "得到 {a}，不是有限的数",
    "gives {a}, not a number": "得到 {a}，不是数",
    "longer than {a} characters": "超过 {a} 个字符",
    "not an expression ({a})": "不是表达式（{a}）",
    "the format {a} is not one such as ',' '.2f' ',.1f' '.2e' '.1%'": "格式 {a} 不可用，应如 ',' '.2f' ',.1f' '.2e' '.1%'",
    "a text takes no format": "文本不能带格式",
    "division by zero": "除以零",
    "float division by zero": "除以零",
    "integer division or modulo by zero": "除以零",
    "math domain error": "超出函数的定义域",
    # lint
    "the same English text serves as Chinese": "中文处用了同样的英文",
    "the Chinese text is English": "中文文本写的是英文",
    "{a}: full-width punctuation between Chinese characters": "{a}：汉字之间请用全角标点",
    "a number and a full stop at the start are shown as a list: say it in words": "开头的“数字加点”会显示成列表：请换个说法",
    "an odd number of $, a formula is not closed": "$ 的个数是奇数，有公式没有闭合",
    "a negated stem: ask for what holds": "题干是否定问法：请改问哪个成立",
    "<<…>> is filled in only for numeric questions": "<<…>> 只在计算题中会被替换",
    "“all/none of the above” can be guessed": "“以上都对／都不对”容易被猜中",
    "say what is wrong with it, not merely that it is": "请说明错在哪里，不要只说它错",
    "the same feedback as another option: each is wrong in its own way": "与另一选项的反馈相同：每个错误选项错得不同",
    "nobody can look this up: give the section (where) or the page (url)": "无从查证：请写出章节（where）或网址（url）",
    "{a} has not come yet": "{a} 还没有到",
    "all options are correct: nothing to tell apart": "所有选项都正确：没有可区分的",
    "the same text stands there twice, in one language at least": "同样的文本出现了两次（至少在一种语言中）",
    "the right option is the longest ({a} against {b}), a tell": "正确选项最长（{a}，其余 {b}），容易被猜中",
    "this right side fits a left one": "这个右侧项与某个左侧项匹配",
    "an explanation of drawn numbers must show them, with <<…>>": "参数随机的题目，解析要用 <<…>> 显示这些数",
    "the stem asks for a multiple: say so (unit: million), or 7B is misread": (
        "题干以百万、十亿等为单位提问：请写明 unit（如 million），否则 7B 会被误读"
    ),
    "the answer can be {a}, with {b}": "答案可能是 {a}，参数为 {b}",
    "does not show the drawn {a}": "没有显示抽取的 {a}",
    "the code imports {a}, requires says {b}": "代码导入了 {a}，requires 写的是 {b}",
    "no such drill {a}": "没有编程题 {a}",
    "no such mutant {a}": "没有典型错误 {a}",
    "choosing {a} is right in {b} of {c} questions, chance in {d}": "选 {a} 在 {c} 道题中答对 {b}，随机选为 {d}",
}

THINGS = {
    "a text": "文本",
    "a list": "列表",
    "a mapping": "映射",
    "true/false": "真假值",
    "a number": "数",
    "a date": "日期",
    "nothing": "空值",
}


def chinese(message: str) -> str:
    """The sentence in Chinese; what is not known here stays as it is."""
    found = _sentence(message)
    if found is not None:
        return found
    for pattern, template in _TAILS:
        if at := pattern.search(message):
            core = chinese(message[: at.start()])
            if core != message[: at.start()]:
                return core + template.format(**at.groupdict())
    # Before the sentence stands what it is about: an expression, a file in a zip, a language.
    for colon in re.finditer(r": ", message):
        rest = chinese(message[colon.end() :])
        if rest != message[colon.end() :]:
            return f"{message[: colon.start()]}：{rest}"
    return message


@lru_cache(maxsize=1024)
def _sentence(message: str) -> str | None:
    for pattern, template in _SENTENCES:
        if at := pattern.fullmatch(message):
            groups = at.groupdict()
            if any(groups.get(one, "a text") not in THINGS for one in "kl"):
                continue
            if any(
                one is not None and re.search(r"; |\(it is |\(there are: |did you mean", one)
                for one in groups.values()
            ):
                continue  # a tail that is to be translated
            return template.format(
                **{name: THINGS.get(one, one) if name in "kl" else one for name, one in groups.items()}
            )
    return None


def _compiled(template: str) -> re.Pattern[str]:
    parts = re.split(r"(?<!\{)\{([a-z])\}(?!\})", template)
    text = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in parts[::2]]
    names = [
        f"(?P<{name}>.{'*' if name == 'a' and parts[0].startswith('input') else '+'}?)"
        for name in parts[1::2]
    ]
    return re.compile("".join(one + other for one, other in zip(text, [*names, ""], strict=True)), re.DOTALL)


_SENTENCES = [(_compiled(template), chinese_template) for template, chinese_template in SENTENCES.items()]
_TAILS = [
    (re.compile(_compiled(template).pattern + r"\Z", re.DOTALL), chinese_template)
    for template, chinese_template in TAILS.items()
]
