"""What the app says, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from tui.keys import told

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Bilingual(Protocol):
    """A `Phrase`, a question's `Text`, a `PlainError`: whatever gives a text for a language."""

    def __getitem__(self, language: Language, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Phrase:
    """One text of the app in both languages; like `quizbank.models.Text`, without pydantic's import time."""

    en: str
    zh: str

    def __getitem__(self, language: Language) -> str:
        text = self.zh if language == "zh" else self.en
        return told(text) if "<" in text else text

    def format(self, **values: object) -> Phrase:
        """Fill in values; those that are bilingual themselves are filled in each language."""
        return Phrase(self.en.format(**_in("en", values)), self.zh.format(**_in("zh", values)))


def same(text: str) -> Phrase:
    """A text that is the same in both languages: a number, a name, code."""
    return Phrase(text, text)


def join(separator: str, *parts: Bilingual) -> Phrase:
    return Phrase(separator.join(part["en"] for part in parts), separator.join(part["zh"] for part in parts))


def language_of(node: object) -> Language:
    """The language of the app a widget or screen lives in."""
    language: Language = getattr(getattr(node, "app", None), "language", "en")
    return language


def _in(language: Language, values: dict[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, str | int | float) else value[language]  # type: ignore[index]
        for name, value in values.items()
    }


# --- everywhere
OWN_BANK_FAULTS = Phrase(
    "{count} problem(s) in your own questions, which are left out. To see them: preptrain bank check",
    "你自己的题库有 {count} 处问题，有问题的题目已略过。运行 preptrain bank check 查看。",
)
LOADING = Phrase("loading…", "正在载入…")
TOO_SMALL = Phrase(
    "The terminal is too small.\nMake it at least {width} × {height}.",
    "终端窗口太小，\n请至少调到 {width} 列 × {height} 行。",
)
YES = Phrase("Yes", "是")
NO = Phrase("No", "否")
WORKER_FAILED = Phrase("Something went wrong: {error}", "出错了：{error}")
NOT_SAVED = Phrase("Not saved: {error}", "没有保存：{error}")
ANSWER_NOT_SAVED = Phrase(
    "The answer could not be recorded, try again: {error}", "答案没能写入记录，请重试：{error}"
)
YOURS = Phrase("Yours", "你的代码")
WATCHING = Phrase("Watching the file: each save is checked.", "正在监视文件：每次保存都会检查。")
NOT_WATCHING = Phrase("No longer watching the file.", "已停止监视文件。")
NO_EDITOR = Phrase(
    "Set the variable EDITOR to your editor, such as: export EDITOR=vim",
    "请先设置环境变量 EDITOR，如：export EDITOR=vim",
)
NO_SUSPEND = Phrase(
    "The app cannot make room for an editor here, as in a browser. Open {path} there and let the app watch it.",
    "在浏览器等环境中无法让出终端。请自行用编辑器打开 {path}，并让应用监视文件。",
)
EDITOR_FAILED = Phrase("{editor} could not be run: {error}", "无法运行 {editor}：{error}")
DRILL_NOW = Phrase(
    "Now build it: {title} (about {minutes} minutes).", "动手实现：{title}（约 {minutes} 分钟）。"
)
DRILL_NOW_KEYS = Phrase(
    "<quiz.next> opens the drill, <quiz.skip> leaves it for another day.",
    "按 <quiz.next> 打开编程题，按 <quiz.skip> 改天再做。",
)
RATED = (
    Phrase("Your rating: again", "自评：重来"),
    Phrase("Your rating: hard", "自评：困难"),
    Phrase("Your rating: good", "自评：良好"),
    Phrase("Your rating: easy", "自评：简单"),
)
SETTINGS = Phrase("Settings", "设置")
SET_LANGUAGE = Phrase("Language", "语言")
SET_THEME = Phrase("Colours", "配色")
THEME_NAMES = {
    "preptrain-dark": Phrase("dark", "深色"),
    "preptrain-light": Phrase("light", "浅色"),
    "preptrain-contrast": Phrase("high contrast", "高对比度"),
    "preptrain-terminal": Phrase("the terminal's own", "跟随终端"),
}
SET_NEW = Phrase("New items a day", "每天新题")
SET_DRILLS = Phrase("Drills among the questions", "答题中穿插编程题")
SET_RETENTION = Phrase("Ask again when the chance of recall falls to", "回忆概率降到多少时复习")
SET_DAY = Phrase("Interview on", "面试日期")
SET_NO_DAY = Phrase("not set", "未设定")
SETTINGS_HINT = Phrase(
    "←/→ changes a value, Backspace puts the default back.", "←/→ 修改，Backspace 恢复默认值。"
)
SETTINGS_KEPT = Phrase("Kept.", "已保存。")
ANSWER_UNDONE = Phrase(
    "Your answer was taken back; <quiz.redo> brings it back.", "上一次作答已撤销，按 <quiz.redo> 恢复。"
)
ANSWER_REDONE = Phrase("Your answer is back.", "上一次作答已恢复。")
NO_SUCH_COMMAND = Phrase(
    "settings.json: no command is called {id}; `preptrain keys` lists them.",
    "settings.json：没有名为 {id} 的命令，用 `preptrain keys` 查看。",
)
NO_SUCH_KEY = Phrase(
    "settings.json: {id}: {key} is no key; write such as ctrl+j, f12 or question_mark.",
    "settings.json：{id}：{key} 不是按键，应形如 ctrl+j、f12、question_mark。",
)
KEY_TWICE = Phrase(
    "settings.json: {key} stands for both {one} and {two}.", "settings.json：{key} 同时对应 {one} 和 {two}。"
)
WANTS_KEYS = Phrase(
    "settings.json: {id} wants {count} keys, with commas between them.",
    "settings.json：{id} 需要 {count} 个按键，用逗号分隔。",
)
SETTINGS_BROKEN = Phrase(
    "{path} could not be read ({error}); the defaults are used. It is kept as {backup}.",
    "无法读取 {path}（{error}），改用默认设置；原文件保留为 {backup}。",
)
SETTINGS_UNREADABLE = Phrase(
    "{path} could not be read ({error}); the defaults are used.", "无法读取 {path}（{error}），改用默认设置。"
)
BANK_BROKEN = Phrase("The question bank has errors: {error}", "题库有错误：{error}")
TITLE = Phrase("preptrain", "preptrain")
LANGUAGE_NAME = Phrase("English", "中文")

# --- today
TODAY = Phrase("Today", "今天")
DUE = Phrase("due", "待复习")
NEW = Phrase("new today", "今日新题")
DRILLS_OPEN = Phrase("drills to do", "未完成的编程题")
DONE_TODAY = Phrase("answered today", "今天已答")
STREAK = Phrase("day streak", "连续天数")
LAST_14 = Phrase("last 14 days", "最近 14 天")
BEGIN = Phrase("Press <today.begin> to begin.", "按 <today.begin> 开始。")
BEGIN_NEW = Phrase(
    "Welcome. Press <today.begin> for your first questions; <app.language> switches to Chinese.",
    "欢迎！按 <today.begin> 开始第一组题；按 <app.language> 切换为英文。",
)
NOTHING_DUE = Phrase(
    "Nothing is due. <today.drills> opens the drills, <today.quiz> asks questions ahead of time.",
    "今天的题都做完了。按 <today.drills> 做编程题，按 <today.quiz> 提前练习。",
)
INTERVIEW_IN = Phrase("days to the interview on {day}", "天后面试（{day}）")
INTERVIEW_TODAY = Phrase("The interview is today. Good luck!", "今天面试，祝顺利！")
EXPECTED_THEN = Phrase("Known on the day, if you keep to the plan", "按计划复习，面试当天预计掌握")
EXPECTED_STOPPED = Phrase("if you stop now: {percent}", "就此停下：{percent}")
PACE = Phrase("{pace} new a day would cover all by then", "每天学 {pace} 道新题可在考前学完")
CALENDAR = Phrase("Answers day by day", "每日作答")
KEPT_AFTER = Phrase("Remembered, by the days since last asked", "记住的比例，按距上次的天数")
DAYS_RANGE = Phrase("{span} d", "{span} 天")
CALIBRATION = Phrase("Right, by how sure you were", "正确率，按作答前的把握")
WEAKEST_TOPICS = Phrase("Weakest topics", "最薄弱的知识点")
MISTAKES_MADE = Phrase("Mistakes found in your drills", "编程题中诊断出的错误")
TIMES = Phrase("{count}×", "{count} 次")
RESUME_WITH = Phrase(
    "Take one up again: preptrain schedule resume {item}", "重新学习：preptrain schedule resume {item}"
)
ATTEMPTS_TO_SOLVE = Phrase(
    "Median attempts to solve a drill: {count}", "编程题通过所需提交次数（中位数）：{count}"
)
SET_ASIDE = Phrase("Set aside after eight lapses", "遗忘八次，暂时搁置")
SURE_AND_WRONG = Phrase("Sure and wrong: these come first", "很确定却答错：优先复习")
NEXT_DRILL = Phrase("Next drill: {title}", "下一道编程题：{title}")

# --- bank
BANK = Phrase("Questions", "题库")
BANK_SEARCH_HINT = Phrase(
    "<bank.search>  search by words, topic, kind or state", "<bank.search>  按文字、知识点、题型或状态搜索"
)
BANK_COUNT = Phrase("{shown} of {total}", "{shown}/{total} 题")
NO_QUESTION_MATCHES = Phrase("No question matches.", "没有匹配的题目。")
KIND_NAMES = {
    "single": Phrase("one choice", "单选"),
    "multiple": Phrase("choices", "多选"),
    "numeric": Phrase("numeric", "计算"),
    "cloze": Phrase("gaps", "填空"),
    "order": Phrase("order", "排序"),
    "match": Phrase("match", "配对"),
    "recall": Phrase("in words", "问答"),
    "snippet": Phrase("snippet", "读代码"),
    "find_error": Phrase("find error", "找错"),
}
QUESTION_STATES = {
    "new": Phrase("new", "未学"),
    "due": Phrase("due", "待复习"),
    "known": Phrase("known", "已掌握"),
    "missed": Phrase("missed", "答错"),
    "set aside": Phrase("set aside", "搁置"),
}

# --- roles
ROLE_NAMES: dict[str | None, Phrase] = {
    None: Phrase("any", "不限"),
    "research": Phrase("research", "研究"),
    "applied": Phrase("applied", "应用"),
    "infra": Phrase("infrastructure", "基础设施"),
}

# --- quiz
QUIZ = Phrase("Quiz", "答题")
LEFT = Phrase("{count} left", "还剩 {count} 题")
AGAIN = Phrase("once more", "再来一次")
DIFFICULTY = Phrase("difficulty {level} of 5", "难度 {level}/5")
HOW_SURE = Phrase("Sure?", "把握：")
SURE_1 = Phrase("guess", "猜的")
SURE_2 = Phrase("fairly", "比较有把握")
SURE_3 = Phrase("certain", "很确定")
RIGHT = Phrase("✓ Right", "✓ 正确")
PARTLY = Phrase("◐ Partly right, {percent}%", "◐ 部分正确，{percent}%")
WRONG = Phrase("✗ Wrong", "✗ 错误")
EXPECTED = Phrase("Answer", "答案")
EXPLANATION = Phrase("Explanation", "解析")
SOURCES = Phrase("Sources", "出处")
BUILD_IT = Phrase("Now build it", "动手实现")
FOLLOW_UPS = Phrase("The interviewer goes on", "面试官追问")
FOLLOW_UP_HIDDEN = Phrase("Answer aloud, then press F to compare.", "先自己说一遍，再按 F 对照。")
RETURNS = Phrase("comes back {when}", "{when}再复习")
RETURNS_TOMORROW = Phrase("tomorrow", "明天")
RETURNS_IN = Phrase("in {days} days", "{days} 天后")
RETURNS_TODAY = Phrase("Asked again in this session.", "本轮稍后会再问一次。")
DRAFT_RESTORED = Phrase("Your unfinished answer is back.", "已恢复上次没写完的答案。")
NO_QUESTIONS = Phrase("There is no question to ask.", "没有可问的题目。")
SESSION_DONE = Phrase("Done for now", "本轮完成")
SESSION_SUMMARY = Phrase(
    "{answered} answered, {right} right at the first try.", "答了 {answered} 题，一次答对 {right} 题。"
)
SESSION_NEXT = Phrase(
    "<quiz.next> goes on, <page.back> goes back.", "按 <quiz.next> 继续，按 <page.back> 返回。"
)
SESSION_ALL_DONE = Phrase(
    "Nothing more is due today. <page.back> goes back.", "今天没有要复习的了。按 <page.back> 返回。"
)

CHOOSE_ONE = Phrase("Choose one.", "单选：请选一项。")
CHOOSE_ALL = Phrase("Choose all that hold.", "多选：选出所有正确的。")
TYPE_NUMBER = Phrase("Type a number.", "请输入一个数。")
UNIT = Phrase("in {unit}", "单位：{unit}")
NUMBER_HINT = Phrase("a number, such as 1.5e9", "一个数，例如 1.5e9")
FILL_GAPS = Phrase("Fill every gap.", "请填写每个空。")
GAP = Phrase("gap {number}", "第 {number} 空")
PUT_IN_ORDER = Phrase("Put in order.", "排序：移动各行。")
MATCH_ALL = Phrase("Choose a letter for each.", "配对：为每项选一个字母。")
IN_WORDS = Phrase(
    "Answer in words; <quiz.submit> shows the rubric.", "用自己的话回答；按 <quiz.submit> 看评分要点。"
)
TICK_POINTS = Phrase("Tick what you said, then Enter.", "勾选答到的要点，再按 Enter。")
YOUR_ANSWER = Phrase("Your answer", "你的回答")
WHAT_PRINTS = Phrase("What does it print?", "这段代码输出什么？")
PICK_WRONG = Phrase("Which part is wrong?", "哪一处有错？")
PICK_CORRECTION = Phrase("What is right instead?", "应当改成什么？")
EMPTY = Phrase("(nothing)", "（空）")
WEIGHT = Phrase("weight {weight}", "权重 {weight}")

# --- drills
DRILLS = Phrase("Drills", "编程题")
SEARCH = Phrase("search", "搜索")
DRILL_NEW = Phrase("new", "未做")
DRILL_TRIED = Phrase("tried", "做过")
DRILL_SOLVED = Phrase("solved", "已通过")
NO_DRILLS = Phrase("No drill matches.", "没有匹配的编程题。")
MINUTES = Phrase("{minutes} min", "{minutes} 分钟")

# --- workbench
PROMPT = Phrase("Prompt", "题目")
CODE = Phrase("Code", "代码")
RESULT = Phrase("Result", "结果")
NOT_RUN = Phrase("Not run yet. <workbench.run> runs your code.", "还没运行。按 <workbench.run> 运行。")
CHECKING = Phrase("checking…", "正在检查…")
STOPPING = Phrase("stopping…", "正在停止…")
STOPPED = Phrase("Stopped. Nothing was recorded.", "已停止，没有记录。")
PASSED = Phrase("passed", "通过")
FAILED = Phrase("failed", "未通过")
SKIPPED = Phrase("not run", "未运行")
COUNTEREXAMPLE = Phrase("Smallest inputs that fail", "最小反例")
WANTED = Phrase("expected", "期望")
GOT = Phrase("actual", "实际")
DIAGNOSIS = Phrase(
    "Your results are those of code with this mistake (<workbench.explain> explains)",
    "结果与犯了这个错误的代码一致（<workbench.explain> 讲解）",
)
MENDED = Phrase("The mistake that you mended", "你改好的错误")
HUNT = Phrase("Bug hunt", "找错题")
ALL_MENDED = Phrase("Every mistake in this drill has been mended.", "这道题的错误都已经改好了。")
BUILDS_ON = Phrase("Builds on:", "基于：")
DIFFERENCE = Phrase("difference", "差异")
TRACEBACK = Phrase("Traceback", "报错位置")
PRINTED = Phrase("Printed", "程序输出")
TOOK = Phrase("{seconds} s", "{seconds} 秒")
HINT = Phrase("Hint {number} of {total}", "提示 {number}/{total}")
NO_EXPLANATION = Phrase("No question is linked to this drill.", "本题没有关联的问答题。")
NO_MORE_HINTS = Phrase("There are no more hints.", "没有更多提示了。")
GIVE_UP_ASK = Phrase(
    "Give up and see the solution? It counts as not solved today.", "放弃并查看参考答案？今天会记为未通过。"
)
RESET_ASK = Phrase(
    "Start over from the template? Your file is backed up first.", "恢复到初始模板？会先备份你的文件。"
)
RESET_DONE = Phrase("Your file is kept as {path}.", "你的文件已备份为 {path}。")
RESET_NOTHING = Phrase("The template is back.", "已恢复到初始模板。")
SAVED_AT = Phrase("your file: {path}", "你的文件：{path}")
RESTORED = Phrase("Unsaved changes are back.", "已恢复未保存的修改。")
CHANGED_OUTSIDE = Phrase(
    "The file was changed outside the app and is shown as it is now; your unsaved text is kept as {path}.",
    "文件在应用外被修改过，现在显示的是文件内容；你未保存的内容保留在 {path}。",
)
SOLUTION = Phrase("Solution", "参考答案")
PASS_FIRST = Phrase(
    "Passed. <workbench.solution> shows the solution.", "通过了！按 <workbench.solution> 查看参考答案。"
)

# --- progress
PROGRESS = Phrase("Progress", "进度")
LAST_30 = Phrase("Last 30 days", "最近 30 天")
FORECAST = Phrase("Coming due", "未来 7 天到期")
ANSWERS = Phrase("answers", "答题数")
CORRECT = Phrase("right", "正确率")
MINUTES_TOTAL = Phrase("minutes", "分钟")
LONGEST = Phrase("longest streak", "最长连续")
SOLVED_OF = Phrase("drills solved", "已通过编程题")
TRACKS = Phrase("Tracks", "各方向")
SEEN = Phrase("seen", "已学")
RECALL = Phrase("recall", "掌握度")
HARDEST = Phrase("Hardest for you", "最难的几题")
LAPSES = Phrase("forgotten {count} ×", "忘记 {count} 次")
NOTHING_YET = Phrase("Nothing answered yet.", "还没有答题记录。")
DAYS = Phrase("{count} days", "{count} 天")

# --- help
HELP = Phrase("Keys", "按键")
EVERYWHERE = Phrase("Everywhere", "所有页面")
THIS_SCREEN = Phrase("On this page", "本页")
PALETTE_PLACEHOLDER = Phrase("Search for a command…", "搜索命令…")
CTRL_C = Phrase("<app.quit> leaves.", "按 <app.quit> 退出。")

# --- under an option after grading
RIGHT_CHOICE = Phrase("Right.", "选对了。")
RIGHT_ONE = Phrase("This one is right.", "这一项才对。")
WRONG_CHOICE = Phrase("Wrong.", "选错了。")
MISSED = Phrase("Missed: it holds.", "漏选：这一项成立。")
BELONGS = Phrase("belongs at place {place}", "应在第 {place} 位")
IT_IS = Phrase("it is: {answer}", "应为：{answer}")
EMPTY_ANSWER = Phrase("There is no answer yet.", "还没有作答。")
OUTPUT_HINT = Phrase("what it prints", "输出内容")
RECALL_HINT = Phrase("your answer, in your own words", "用自己的话回答")
SEARCH_HINT = Phrase(
    "<drills.search>  search by title, track or state", "<drills.search>  按标题、方向或状态搜索"
)
SOLVED_COUNT = Phrase("{solved} of {total} solved", "已通过 {solved}/{total}")
RIGHT_OF = Phrase("right", "答对")
TRACKS_EXPLAINED = Phrase(
    "The bar: what you would answer rightly today; unseen counts as not known.",
    "条形表示今天预计能答对的比例，没学过的按不会计算。",
)
WEEKDAYS = Phrase("Mon Tue Wed Thu Fri Sat Sun", "周一 周二 周三 周四 周五 周六 周日")
HELP_REMARK = Phrase(
    "`^S` is Ctrl+S. Every command is also in the palette, `<app.palette>`.",
    "`^S` 表示 Ctrl+S。所有命令也可以在命令面板（`<app.palette>`）里找到。",
)
KEY_POINTS = Phrase("What a strong answer says", "好的回答会提到")
CANNOT_START = Phrase("The questions could not be read.", "题目无法读取。")
FOUND_IT = Phrase("Found: the mistake is here.", "找对了：错误就在这里。")
MISTAKE_HERE = Phrase("The mistake is here.", "错误在这里。")
NO_MISTAKE = Phrase("Nothing is wrong here.", "这里没有错。")
