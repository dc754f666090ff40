"""Every command of the app, once: its key, footer hint, tooltip, palette entry and line on the help page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from textual.binding import Binding

from tui.keys import LABELS, is_key, key_name
from tui.messages import KEY_TWICE, NO_SUCH_COMMAND, NO_SUCH_KEY, WANTS_KEYS, Language, Phrase

if TYPE_CHECKING:
    from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Command:
    """Something the learner can do. `id` is the name by which a key can be remapped."""

    id: str
    action: str
    keys: str
    title: Phrase
    """Two or three words, for the footer and the palette."""
    help: Phrase
    """One sentence, for the tooltip, the palette and the help page."""
    footer: int = 0
    """0 keeps it out of the footer; the greater, the later it is dropped when space is short."""
    priority: bool = False
    """Works before the widget that has the focus, so also while typing."""
    palette: bool = True
    shown: str = ""
    """How the keys are shown, where their list would be long."""

    @property
    def is_for_each_key(self) -> bool:
        """Whether each key means another thing: 1 to 4 of a rating."""
        return "{key}" in self.action

    def bindings(self) -> list[Binding]:
        """One for each key; "{key}" in the action is that key."""
        return [
            Binding(
                key,
                self.action.format(key=key),
                self.title.en,
                show=self.footer > 0,
                tooltip=self.help.en,
                id=f"{self.id}:{key}" if self.is_for_each_key else self.id,
                priority=self.priority,
                key_display=self.shown or None,
            )
            for key in (self.keys or self.own_keys).split(",")
            if key
        ]

    @property
    def own_keys(self) -> str:
        """The learner's keys where they chose others."""
        return _own.get(self.id, self.keys)

    def key_label(self) -> str:
        """The first key as a person writes it: "F5", "^S", "Enter"."""
        shown = self.shown if self.own_keys == self.keys else ""
        return shown or key_name(self.own_keys.split(",")[0])

    def key_labels(self) -> str:
        shown = self.shown if self.own_keys == self.keys else ""
        return shown or " ".join(key_name(key) for key in self.own_keys.split(",")) or "–"


_own: dict[str, str] = {}


Area = Literal[
    "app",
    "page",
    "today",
    "quiz",
    "mock",
    "answer",
    "input",
    "order",
    "match",
    "drills",
    "drill_list",
    "bank",
    "question_list",
    "workbench",
    "solution",
    "settings",
    "dialog",
]

CATALOGUE: dict[Area, tuple[Command, ...]] = {
    "app": (
        Command("app.help", "app.help", "f1", Phrase("Help", "帮助"),
                Phrase("Show the keys of this page.", "显示本页的按键。"), footer=90, priority=True),
        Command("app.language", "app.switch_language", "f2,ctrl+l", Phrase("中文", "English"),
                Phrase("Switch between English and Chinese; nothing typed is lost.",
                       "在中文和英文之间切换，已输入的内容不会丢失。"), footer=80, priority=True),
        Command("app.palette", "app.command_palette", "ctrl+p", Phrase("Commands", "命令"),
                Phrase("Search all commands.", "搜索所有命令。"), palette=False, priority=True),
        Command("app.formulas", "app.formulas", "ctrl+g", Phrase("LaTeX", "LaTeX 源码"),
                Phrase("Show formulas as LaTeX, or as signs again.", "显示公式的 LaTeX 源码，再按一次恢复。"),
                priority=True),
        Command("app.theme", "app.next_theme", "", Phrase("Next theme", "切换主题"),
                Phrase("Dark, light, high contrast, or the terminal's own.", "深色、浅色、高对比度或跟随终端。")),
        Command("app.new_more", "app.new_per_day(5)", "",
                Phrase("More new questions a day", "每天多学新题"),
                Phrase("Five more new questions a day.", "每天的新题增加 5 道。")),
        Command("app.new_less", "app.new_per_day(-5)", "",
                Phrase("Fewer new questions a day", "每天少学新题"),
                Phrase("Five fewer new questions a day.", "每天的新题减少 5 道。")),
        Command("app.settings", "app.goto('settings')", "", Phrase("Settings", "设置"),
                Phrase("Language, colours, how much a day, the interview.", "语言、配色、每日题量与面试日期。")),
        Command("app.quit", "app.quit", "ctrl+q", Phrase("Quit", "退出"),
                Phrase("Leave; every answer is already saved.", "退出；所有答案都已保存。"),
                footer=20, priority=True),
    ),
    "page": (
        Command("page.back", "back", "escape", Phrase("Back", "返回"),
                Phrase("Go back; what is half written is kept.", "返回上一页，没写完的内容会保留。"),
                footer=92, palette=False),
        Command("page.down", "scroll_lines(2)", "j", Phrase("Scroll down", "向下滚动"),
                Phrase("Scroll the page down a little.", "向下滚动几行。"), palette=False),
        Command("page.up", "scroll_lines(-2)", "k", Phrase("Scroll up", "向上滚动"),
                Phrase("Scroll the page up a little.", "向上滚动几行。"), palette=False),
        Command("page.top", "scroll_to_top", "g", Phrase("Top", "回到顶部"),
                Phrase("To the top of the page.", "回到页面顶部。"), palette=False),
        Command("page.bottom", "scroll_to_bottom", "G", Phrase("Bottom", "跳到底部"),
                Phrase("To the bottom of the page.", "跳到页面底部。"), palette=False),
    ),
    "today": (
        Command("today.begin", "begin", "enter", Phrase("Begin", "开始"),
                Phrase("Ask what is due, then new questions.", "先复习到期的题，再学新题。"), footer=100),
        Command("today.quiz", "app.goto('quiz')", "q", Phrase("Quiz", "答题"),
                Phrase("Answer questions, also ahead of time.", "答题；没有到期的题时也可提前练习。"),
                footer=60),
        Command("today.drills", "app.goto('drills')", "d", Phrase("Drills", "编程题"),
                Phrase("The list of coding drills.", "打开编程题列表。"), footer=60),
        Command("today.settings", "app.goto('settings')", "s", Phrase("Settings", "设置"),
                Phrase("Language, colours, how much a day, the interview.", "语言、配色、每日题量与面试日期。"),
                footer=30),
        Command("today.bank", "app.goto('bank')", "b", Phrase("Questions", "题库"),
                Phrase("Look for a question and answer it.", "查找题目并作答。"), footer=50),
        Command("today.mock", "app.goto('mock')", "m", Phrase("Mock interview", "模拟面试"),
                Phrase("Questions, a topic in depth and a drill, against the clock.",
                       "限时：快问快答、深入追问加一道编程题。"), footer=55),
        Command("today.progress", "app.goto('progress')", "p", Phrase("Progress", "进度"),
                Phrase("What you know, and what is coming.", "查看掌握情况和接下来的安排。"), footer=60),
    ),
    "quiz": (
        Command("quiz.next", "next", "enter", Phrase("Next", "下一题"),
                Phrase("Go on to the next question.", "进入下一题。"), footer=100),
        Command("quiz.build", "build", "b", Phrase("Build it", "动手实现"),
                Phrase("Open the drill that makes this concrete.", "打开与本题配套的编程题。"), footer=75),
        Command("quiz.rate", "rate({key})", "1,2,3,4", Phrase("Own rating", "自己评分"),
                Phrase("1 again, 2 hard, 3 good, 4 easy: overrule the rating of this answer.",
                       "1 重来、2 困难、3 良好、4 简单：改写本次作答的评分。"),
                footer=34, palette=False, shown="1–4"),
        Command("quiz.undo", "undo", "u", Phrase("Undo", "撤销"),
                Phrase("Take the last answer back and answer again.", "撤销上一次作答并重新回答。"), footer=35),
        Command("quiz.redo", "redo", "ctrl+y", Phrase("Redo", "恢复"),
                Phrase("Bring back the answer that was taken back.", "恢复刚刚撤销的作答。"),
                footer=36, priority=True),
        Command("quiz.follow_up", "follow_up", "f", Phrase("Follow-ups", "追问解答"),
                Phrase("Show the answers to the follow-up questions.", "显示追问的参考回答。"), footer=74),
        Command("quiz.submit", "submit", "ctrl+s", Phrase("Submit", "提交"),
                Phrase("Hand in the answer.", "提交答案。"), footer=95, priority=True),
        Command("quiz.sure_1", "sure(1)", "f5", Phrase("Sure: guess", "把握：猜的"),
                Phrase("Say before you submit that you are guessing.", "提交前标记：这题是猜的。"),
                priority=True),
        Command("quiz.sure_2", "sure(2)", "f6", Phrase("Sure: fairly", "把握：比较有把握"),
                Phrase("Say before you submit that you are fairly sure.", "提交前标记：比较有把握。"),
                priority=True),
        Command("quiz.sure_3", "sure(3)", "f7", Phrase("Sure: certain", "把握：很确定"),
                Phrase("Say before you submit that you are certain.", "提交前标记：很确定。"), priority=True),
        Command("quiz.dont_know", "dont_know", "f8", Phrase("Don't know", "不会"),
                Phrase("Hand in nothing and see the answer.", "不作答，直接看答案。"),
                footer=40, priority=True),
        Command("quiz.skip", "skip", "ctrl+n,alt+n", Phrase("Skip", "跳过"),
                Phrase("Leave this question for another day; nothing is recorded.",
                       "跳过本题，改天再问；不作记录。"),
                footer=30, priority=True),
        Command("quiz.scroll_up", "scroll(-1)", "pageup", Phrase("Scroll up", "向上滚动"),
                Phrase("Scroll the page up.", "向上滚动页面。"), palette=False, priority=True),
        Command("quiz.scroll_down", "scroll(1)", "pagedown", Phrase("Scroll down", "向下滚动"),
                Phrase("Scroll the page down.", "向下滚动页面。"), palette=False, priority=True),
    ),
    "mock": (
        Command("mock.submit", "submit", "ctrl+s", Phrase("Hand in", "提交"),
                Phrase("Hand in the answer and go on.", "提交答案并继续。"), footer=95, priority=True),
        Command("mock.dont_know", "dont_know", "f8", Phrase("Don't know", "不会"),
                Phrase("Say that you do not know, and go on.", "表示不会，继续下一题。"),
                footer=40, priority=True),
        Command("mock.scroll_up", "scroll(-1)", "pageup", Phrase("Scroll up", "向上滚动"),
                Phrase("Scroll the page up.", "向上滚动页面。"), palette=False, priority=True),
        Command("mock.scroll_down", "scroll(1)", "pagedown", Phrase("Scroll down", "向下滚动"),
                Phrase("Scroll the page down.", "向下滚动页面。"), palette=False, priority=True),
    ),
    "answer": (
        Command("answer.up", "move(-1)", "up,k", Phrase("Up", "上移"),
                Phrase("To the row above.", "移到上一行。"), palette=False),
        Command("answer.down", "move(1)", "down,j", Phrase("Down", "下移"),
                Phrase("To the row below.", "移到下一行。"), palette=False),
        Command("answer.pick", "pick", "space", Phrase("Choose", "选择"),
                Phrase("Choose the row, or take it back.", "选中或取消当前行。"), palette=False),
        Command("answer.number", "number({key})", "1,2,3,4,5,6,7,8,9", Phrase("Choose", "选择"),
                Phrase("Choose a row by its number.", "按编号选择。"), footer=85, palette=False, shown="1–9"),
        Command("answer.enter", "enter", "enter", Phrase("Submit", "提交"),
                Phrase("Hand in what is chosen; with nothing chosen, the row itself.",
                       "提交所选项；没有选择时提交当前行。"), footer=96, palette=False),
    ),
    "input": (
        Command("input.enter", "submit", "enter", Phrase("Submit", "提交"),
                Phrase("Hand in; among several fields, go to the next.", "提交；有多个输入框时移到下一个。"),
                footer=96, palette=False),
    ),
    "order": (
        Command("order.up", "shift(-1)", "shift+up,ctrl+up,K", Phrase("Move up", "上移一行"),
                Phrase("Move the row up.", "把当前行上移。"), footer=86, palette=False, shown="⇧↑ ⇧K"),
        Command("order.place", "number({key})", "1,2,3,4,5,6,7,8,9", Phrase("To place", "移到第几位"),
                Phrase("Put the row at this place.", "把当前行放到该位置。"),
                footer=50, palette=False, shown="1–9"),
        Command("order.down", "shift(1)", "shift+down,ctrl+down,J", Phrase("Move down", "下移一行"),
                Phrase("Move the row down.", "把当前行下移。"), footer=86, palette=False, shown="⇧↓ ⇧J"),
    ),
    "match": (
        Command("match.letter", "letter('{key}')", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p",
                Phrase("Choose", "选择"),
                Phrase("Give the row this letter and go to the next.", "为当前行选字母，并移到下一行。"),
                footer=86, palette=False, shown="A–P"),
        Command("match.turn_back", "turn(-1)", "left", Phrase("Letter before", "前一个字母"),
                Phrase("The letter before.", "换成前一个字母。"), palette=False),
        Command("match.turn", "turn(1)", "right", Phrase("Letter after", "后一个字母"),
                Phrase("The next letter.", "换成后一个字母。"), palette=False),
        Command("match.clear", "clear", "delete,backspace", Phrase("Clear", "清除"),
                Phrase("Take the letter away.", "清除当前行的字母。"), palette=False),
    ),
    "drills": (
        Command("drills.search", "search", "slash", Phrase("Search", "搜索"),
                Phrase("Search the drills by title, track or state.", "按标题、方向或状态搜索。"), footer=85),
    ),
    "drill_list": (
        Command("drill_list.up", "cursor_up", "up,k", Phrase("Up", "上移"),
                Phrase("To the row above.", "移到上一行。"), palette=False),
        Command("drill_list.down", "cursor_down", "down,j", Phrase("Down", "下移"),
                Phrase("To the row below.", "移到下一行。"), palette=False),
        Command("drill_list.first", "first", "home,g", Phrase("First", "第一行"),
                Phrase("To the first row.", "移到第一行。"), palette=False),
        Command("drill_list.last", "last", "end,G", Phrase("Last", "最后一行"),
                Phrase("To the last row.", "移到最后一行。"), palette=False),
        Command("drill_list.open", "select", "enter", Phrase("Open", "打开"),
                Phrase("Open the drill.", "打开这道题。"), footer=95, palette=False),
        Command("drill_list.hunt", "screen.hunt", "b", Phrase("Bug hunt", "找错题"),
                Phrase("Find and mend the mistake in a file that looks right.",
                       "文件看起来没问题，找出并改好其中的错误。"), footer=70),
    ),
    "bank": (
        Command("bank.search", "search", "slash", Phrase("Search", "搜索"),
                Phrase("Search all questions, in both languages.", "用中文或英文搜索全部题目。"), footer=85),
    ),
    "question_list": (
        Command("question_list.up", "cursor_up", "up,k", Phrase("Up", "上移"),
                Phrase("To the row above.", "移到上一行。"), palette=False),
        Command("question_list.down", "cursor_down", "down,j", Phrase("Down", "下移"),
                Phrase("To the row below.", "移到下一行。"), palette=False),
        Command("question_list.first", "first", "home,g", Phrase("First", "第一行"),
                Phrase("To the first row.", "移到第一行。"), palette=False),
        Command("question_list.last", "last", "end,G", Phrase("Last", "最后一行"),
                Phrase("To the last row.", "移到最后一行。"), palette=False),
        Command("question_list.open", "select", "enter", Phrase("Answer", "作答"),
                Phrase("Answer this question.", "回答这道题。"), footer=95, palette=False),
    ),
    "workbench": (
        Command("workbench.run", "run", "ctrl+s,f5", Phrase("Run", "运行"),
                Phrase("Save your file and check it.", "保存文件并检查。"), footer=100, priority=True),
        Command("workbench.prompt", "pane('prompt')", "f3", Phrase("Prompt", "题目"),
                Phrase("Show the prompt and the hints.", "查看题目和提示。"), priority=True),
        Command("workbench.code", "pane('code')", "f4", Phrase("Code", "代码"),
                Phrase("Go to your code.", "回到代码。"), priority=True),
        Command("workbench.result", "pane('result')", "f6", Phrase("Result", "结果"),
                Phrase("Show the result of the last run.", "查看上次运行的结果。"), priority=True),
        Command("workbench.hint", "hint", "f7", Phrase("Hint", "提示"),
                Phrase("Show one more hint; hints are counted.", "多看一条提示；提示会被计入。"),
                footer=65, priority=True),
        Command("workbench.solution", "solution", "f8", Phrase("Solution", "答案"),
                Phrase("Show the solution, after a pass or after giving up.", "通过或放弃后查看参考答案。"),
                footer=40, priority=True),
        Command("workbench.explain", "explain", "ctrl+e", Phrase("Explain", "讲解"),
                Phrase("Answer the question that explains what went wrong.", "做一道讲解这个错误的题。"),
                footer=60, priority=True),
        Command("workbench.editor", "editor", "ctrl+o", Phrase("Own editor", "外部编辑器"),
                Phrase("Open the file in $EDITOR; it is checked when you come back.",
                       "用 $EDITOR 打开文件，返回后自动检查。"), footer=25, priority=True),
        Command("workbench.watch", "watch", "ctrl+r", Phrase("Watch", "监视文件"),
                Phrase("Check the file whenever it is saved by any editor.", "文件被任何编辑器保存时自动检查。"),
                footer=24, priority=True),
        Command("workbench.reset", "reset", "f9", Phrase("Start over", "重来"),
                Phrase("Back to the template; your file is backed up first.",
                       "恢复初始模板，会先备份你的文件。"),
                footer=10, priority=True),
        Command("workbench.cancel", "back", "escape", Phrase("Stop / back", "停止/返回"),
                Phrase("Stop the check under way; otherwise go back, your text is kept.",
                       "停止正在进行的检查；没有检查时返回，代码会保留。"),
                footer=92, palette=False, priority=True),
    ),
    "solution": (
        Command("solution.compare", "compare", "d", Phrase("Compare", "对比"),
                Phrase("Show your own code beside it.", "与你的代码并排对比。"), footer=80),
    ),
    "settings": (
        Command("settings.back", "turn(-1)", "left,h", Phrase("Less", "减小"),
                Phrase("The value before.", "前一个值。"), footer=85, palette=False),
        Command("settings.on", "turn(1)", "right,l,space", Phrase("More", "增大"),
                Phrase("The next value.", "后一个值。"), footer=86, palette=False),
        Command("settings.clear", "clear", "delete,backspace", Phrase("Clear", "清除"),
                Phrase("Back to the default.", "恢复默认值。"), footer=40, palette=False),
    ),
    "dialog": (
        Command("dialog.yes", "answer(True)", "y", Phrase("Yes", "是"),
                Phrase("Go ahead.", "确认。"), footer=90, palette=False),
        Command("dialog.no", "answer(False)", "n,escape", Phrase("No", "否"),
                Phrase("Leave it.", "取消。"), footer=90, palette=False),
    ),
}  # fmt: skip

BY_ID = {command.id: command for commands in CATALOGUE.values() for command in commands}
LABELS.update((command.id, command.key_label()) for command in BY_ID.values())


def remap(chosen: Mapping[str, str]) -> tuple[dict[str, str], list[Phrase]]:
    """Take the learner's keys, {"quiz.submit": "ctrl+j,f12"}; what is wrong with some is told, and those are left out.

    Returns Textual's keymap. A command of which each key means another thing wants as many keys as it has.
    """
    _own.clear()
    keymap: dict[str, str] = {}
    problems = []
    for id_, text in chosen.items():
        keys = [key.strip() for key in text.split(",")]
        command = BY_ID.get(id_)
        if command is None:
            problems.append(NO_SUCH_COMMAND.format(id=id_))
        elif wrong := [key for key in keys if not is_key(key)]:
            problems.append(NO_SUCH_KEY.format(id=id_, key=wrong[0]))
        elif command.is_for_each_key and len(keys) != len(usual := command.keys.split(",")):
            problems.append(WANTS_KEYS.format(id=id_, count=len(usual)))
        else:
            _own[id_] = ",".join(keys)
            if command.is_for_each_key:
                keymap |= {
                    f"{id_}:{old}": new for old, new in zip(command.keys.split(","), keys, strict=True)
                }
            else:
                keymap[id_] = _own[id_]
    for area in CATALOGUE.values():
        problems += _twice(area)
    LABELS.update((command.id, command.key_label()) for command in BY_ID.values())
    return keymap, problems


def _twice(commands: tuple[Command, ...]) -> Iterator[Phrase]:
    """Keys that stand for two commands of one place since the learner changed them."""
    taken: dict[str, str] = {}
    for command in commands:
        for key in filter(None, command.own_keys.split(",")):
            other = taken.setdefault(key, command.id)
            if other != command.id and {other, command.id} & _own.keys():
                yield KEY_TWICE.format(key=key, one=other, two=command.id)


def bindings(*areas: Area) -> list[Binding]:
    """The key bindings of some areas, for a BINDINGS attribute."""
    return [binding for area in areas for command in CATALOGUE[area] for binding in command.bindings()]


@dataclass(frozen=True, slots=True)
class Active:
    """A command that can be given now."""

    command: Command
    key: str
    """The key that gives it: the learner's own where it was remapped."""
    enabled: bool = True

    def title(self, language: Language) -> str:
        return self.command.title[language]


def active(screen: Screen[Any]) -> list[Active]:
    """The commands that work on a screen as it is now: each once, as in the catalogue, the app's last."""
    found: dict[str, Active] = {}
    for bound in screen.active_bindings.values():
        command = BY_ID.get((bound.binding.id or "").partition(":")[0])
        if command is not None and command.id not in found:
            own = command.own_keys.split(",")
            key = own[0] if bound.binding.key in own else bound.binding.key
            found[command.id] = Active(command, key, bound.enabled)
    order = list(BY_ID)

    def place(entry: Active) -> tuple[bool, int]:
        return entry.command.id.startswith("app."), order.index(entry.command.id)

    return sorted(found.values(), key=place)
