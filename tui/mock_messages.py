"""What the mock interview says, and what is said of an unfinished one, in English and Chinese."""

from __future__ import annotations

from tui.messages import Phrase

MOCK = Phrase("Mock interview", "模拟面试")
MOCK_CHOOSE = Phrase(
    "Quick questions over all tracks, one topic in depth, one coding drill. Nothing is told before the end.",
    "各方向的快问快答、一个深入话题，再加一道编程题；结束前不公布对错。",
)
MOCK_LENGTH = Phrase("How long", "时长")
MOCK_ROLE = Phrase("For which role", "面试岗位")
MOCK_BEGIN = Phrase(
    "Space chooses, Tab goes to the next list, Enter begins.", "空格选择，Tab 切换列表，Enter 开始。"
)
MOCK_EARLIER = Phrase("Earlier interviews", "以往的模拟面试")
MOCK_EMPTY = Phrase("There is nothing to ask for this role.", "这个岗位没有可问的题目。")
MOCK_CLOCK = Phrase("{clock} left  {place}/{steps}", "剩余 {clock}  {place}/{steps}")
MOCK_CODE = Phrase(
    "Write it as in the interview; <mock.submit> hands in.", "像面试一样写代码，<mock.submit> 提交。"
)
MOCK_YOUR_ANSWER = Phrase("Your answer", "你的回答")
MOCK_GRADING = Phrase("Checking your code…", "正在检查代码……")
MOCK_OVER = Phrase("over", "已结束")
MOCK_REPORT = Phrase(
    "Kept. As a file: preptrain mock show {id} > report.md",
    "已保存。导出：preptrain mock show {id} > report.md",
)
MOCK_LEAVE_ASK = Phrase(
    "Leave the interview? It is kept, and its clock stands still until you go on.",
    "退出模拟面试？进度会保留，停止计时，回来后可以继续。",
)

# --- an unfinished one
UNFINISHED = Phrase(
    "A mock interview is unfinished: <today.mock> to go on with it or discard it.",
    "有一场模拟面试没做完：按 <today.mock> 可以继续或放弃。",
)
OFFER = Phrase("# This interview is unfinished", "# 这场模拟面试还没做完")
OFFER_FACTS = Phrase(
    "Begun {began}, {minutes}, role: {role}. Answered {place} of {steps}, {clock} left.",
    "开始于 {began}，{minutes}，岗位：{role}。已答 {place}/{steps}，剩余 {clock}。",
)
OFFER_KEPT = Phrase(
    "Your answers and what you were typing are kept. The time away does not count.",
    "已答的内容和正在输入的内容都在，中断的时间不计入。",
)
GO_ON = Phrase("Go on with it", "继续这场面试")
DISCARD = Phrase("Discard it", "放弃这场面试")
OFFER_KEYS = Phrase("Up and down choose, Enter confirms.", "上下键选择，Enter 确认。")
DISCARD_ASK = Phrase(
    "Discard the unfinished interview? Its answers are lost.", "放弃这场面试？已答的内容不会保留。"
)
LEFT_OUT = Phrase(
    "{count} question(s) have changed or are gone since, and are left out.",
    "有 {count} 道题之后有改动或已删除，不再计入。",
)
ASIDE = Phrase("What you had given lies in {path}", "你原来的作答保存在 {path}")
UNREADABLE = Phrase(
    "The unfinished interview cannot be gone on with. It was put aside: {path}",
    "没做完的模拟面试无法继续，已另存为 {path}",
)
NOT_READ_NOW = Phrase(
    "The unfinished interview cannot be read now. It stays as it is.",
    "暂时读不出没做完的模拟面试，它仍原样保留。",
)
