"""LaTeX formulas as one line of Unicode, for cells that have no fractions and no stacked scripts."""

from __future__ import annotations

import re
from unicodedata import normalize

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)


def _words(text: str) -> list[str]:
    return text.split()


_GREEK = dict(
    zip(
        _words(
            "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi "
            "rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi "
            "Psi Omega"
        ),
        "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        strict=True,
    )
)
# Relations and binary operators read better with a space on each side.
_SPACED = {
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡",
    "sim": "~", "propto": "∝", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦", "Rightarrow": "⇒",
    "implies": "⇒", "iff": "⇔", "Leftrightarrow": "⇔", "leftrightarrow": "↔", "times": "×", "pm": "±",
    "mp": "∓", "oplus": "⊕", "otimes": "⊗", "cup": "∪", "cap": "∩", "land": "∧", "lor": "∨", "mid": "|",
    "div": "÷", "succ": "≻", "prec": "≺", "simeq": "≃", "cong": "≅", "setminus": "∖", "xrightarrow": "→", "cdot": "·",
    "odot": "⊙", "circ": "∘", "ast": "*",
}  # fmt: skip
_PLAIN = {
    "star": "⋆", "sum": "Σ", "prod": "∏", "int": "∫",
    "partial": "∂", "nabla": "∇", "infty": "∞", "ell": "ℓ", "hbar": "ℏ", "forall": "∀", "exists": "∃",
    "neg": "¬", "emptyset": "∅", "varnothing": "∅", "top": "⊤", "bot": "⊥", "perp": "⊥", "prime": "′",
    "ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lVert": "‖", "rVert": "‖", "Vert": "‖",
    "|": "‖", "lvert": "|", "rvert": "|", "vert": "|", "backslash": "\\", "dagger": "†", "degree": "°",
    "triangle": "△", "checkmark": "✓", "bullet": "•", "colon": ":", "Re": "Re", "Im": "Im",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
_FUNCTIONS = frozenset(
    _words(
        "log ln lg exp min max arg argmax argmin sin cos tan tanh sinh cosh sup inf lim det Pr rank tr dim "
        "ker gcd deg sgn sign softmax sigmoid relu clip"
    )
)
_NAMED = frozenset(
    _words(
        "text textrm mathrm operatorname textbf textit mathbf mathit boldsymbol bm mathsf texttt mathtt "
        "textsf mathnormal mbox hbox underline"
    )
)
_DROPPED = frozenset(
    _words(
        "left right big Big bigg Bigg bigl bigr Bigl Bigr middle displaystyle textstyle limits nolimits "
        "boldmath nonumber"
    )
)
_SPACES = frozenset([",", ";", ":", " ", ">", "quad", "qquad", "enspace", "thinspace"])
_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c",
}  # fmt: skip
_BLACKBOARD = dict(zip("CEHNPQRZ", "ℂ𝔼ℍℕℙℚℝℤ", strict=True))
_SCRIPT_LETTERS = dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True))
_SUPERSCRIPT = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθ⊤′*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵀ′*",
        strict=True,
    )
)
_SUBSCRIPT = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
_ROOTS = {"": "√", "3": "∛", "4": "∜"}
_FENCES = {
    "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "matrix": ("[", "]"),
    "smallmatrix": ("[", "]"), "cases": ("{ ", ""),
}  # fmt: skip
_TIGHT_AFTER = frozenset(["lfloor", "lceil", "langle", "lvert", "lVert", "Delta", "nabla", "partial", "neg"])


def to_unicode(latex: str) -> str:
    r"""One line of Unicode for a formula without its dollars; what is not known stays readable."""
    text = _Reader(latex).read_until(None)
    text = re.sub(r"\s*\n\s*", "; ", text)
    return re.sub(r" +(?=[⌋⌉⟩)\]])", "", re.sub(r"[ \t]+", " ", text)).strip()


class _Reader:
    """A recursive-descent reader over LaTeX tokens; unbalanced braces end at the end of the formula."""

    def __init__(self, latex: str) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.in_text = False

    def next(self) -> str | None:
        if self.at >= len(self.tokens):
            return None
        self.at += 1
        return str(self.tokens[self.at - 1])

    def skip_spaces(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def read_until(self, end: str | None) -> str:
        """Everything up to the token `end`, which is consumed."""
        out = ""
        while (token := self.next()) is not None and token != end:
            out += self.convert(token, out)
        return out

    def argument(self) -> str:
        """A group in braces, or the one token that LaTeX takes instead."""
        self.skip_spaces()
        token = self.next()
        if token is None:
            return ""
        return (self.read_until("}") if token == "{" else self.convert(token, "")).strip()

    def optional(self) -> str:
        """An argument in brackets, where there is one."""
        self.skip_spaces()
        if self.at < len(self.tokens) and self.tokens[self.at] == "[":
            self.at += 1
            return self.read_until("]").strip()
        return ""

    def convert(self, token: str, before: str) -> str:
        if token == "{":
            return self.read_until("}")
        if token == "^":
            return _script(self.argument(), _SUPERSCRIPT, "^")
        if token == "_":
            return _script(self.argument(), _SUBSCRIPT, "_")
        if token == "&" or token.isspace():
            return " "
        if token in ("}", "$"):
            return ""
        if token == "=":
            return " = "
        if token == "'":
            return "′"
        if token == "-":
            return "-" if self.in_text else "−"
        if token.startswith("\\") and len(token) > 1:
            return self.command(token[1:], before)
        return token

    def command(self, name: str, before: str) -> str:
        name = name.rstrip("*") or name
        if name in _TIGHT_AFTER:
            self.skip_spaces()
        if name in _GREEK:
            return _GREEK[name]
        if name in _SPACED:
            return f" {_SPACED[name]} "
        if name in _PLAIN:
            return _PLAIN[name]
        if name in _SPACES:
            return " "
        if name == "!":
            return ""
        if name == "\\":
            return "\n"
        if name in _DROPPED:
            if self.at < len(self.tokens) and self.tokens[self.at] == ".":
                self.at += 1
            return ""
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return f"{_grouped(self.argument())}/{_grouped(self.argument(), below=True)}"
        if name == "binom":
            return f"C({self.argument()}, {self.argument()})"
        if name == "sqrt":
            return self.root()
        if name in _ACCENTS:
            text = self.argument()
            return normalize("NFC", text + _ACCENTS[name]) if len(text) == 1 else f"{name}({text})"
        if name in _NAMED:
            return self.word(self.raw_argument() if name == "text" else self.argument(), before)
        if name in ("mathbb", "mathcal", "mathscr", "mathfrak"):
            table = _BLACKBOARD if name == "mathbb" else _SCRIPT_LETTERS
            return "".join(table.get(letter, letter) for letter in self.argument())
        if name in ("underbrace", "overbrace", "boxed", "phantom", "mathstrut"):
            return self.argument()
        if name == "begin":
            return self.environment(self.argument())
        if name == "end":
            self.argument()
            return ""
        if len(name) == 1 and not name.isalpha():
            return name
        return self.word(name, before)

    def word(self, name: str, before: str) -> str:
        """A name set upright: kept apart from letters on both sides."""
        space = " " if before and before[-1].isalnum() and name[:1].isalnum() else ""
        following = self.tokens[self.at] if self.at < len(self.tokens) else ""
        after = " " if name in _FUNCTIONS and re.match(r"[A-Za-z0-9]|\\[A-Za-z]{2,}", following) else ""
        if following in (r"\left", r"\big", r"\Big"):
            after = ""
        return f"{space}{name}{after}"

    def raw_argument(self) -> str:
        r"""The argument of \text, whose spaces count."""
        if self.at >= len(self.tokens) or self.tokens[self.at] != "{":
            return self.argument()
        self.at += 1
        self.in_text = True
        text = self.read_until("}")
        self.in_text = False
        return text

    def root(self) -> str:
        degree = self.optional()
        text = self.argument()
        sign = _ROOTS.get(degree, f"({degree})√")
        return sign + (text if _ATOM.fullmatch(text) else f"({text})")

    def environment(self, name: str) -> str:
        body = ""
        between = ", " if name.startswith("cases") else " "
        while (token := self.next()) is not None and token != r"\end":
            body += between if token == "&" else self.convert(token, body)
        if token is not None:
            self.argument()
        rows = [re.sub(r"\s+", " ", row).replace(" ,", ",").strip() for row in body.split("\n")]
        fence = _FENCES.get(name.rstrip("*"))
        joined = "; ".join(row for row in rows if row)
        return f"{fence[0]}{joined}{fence[1]}".rstrip() if fence else joined


_MARKS = "".join({*_SUPERSCRIPT.values(), *_SUBSCRIPT.values()} - set("*′")) + "\u0300-\u036f\u20d7"
_ATOM = re.compile(rf"\d[\d.,]*|[^\W\d_][{_MARKS}]*")


def _grouped(text: str, *, below: bool = False) -> str:
    """Brackets around a numerator or, `below`, a denominator, where reading it needs them."""
    if re.fullmatch(r"\([^()]*\)|\w+\([^()]*\)|√\w+", text) or _ATOM.fullmatch(text):
        return text
    # 2F/3B would be read as (2F/3)·B: only above the line may several factors stand bare.
    simple = not below and re.fullmatch(r"[^\s+\-−*/=<>·×⊙~]+", text)
    return text if simple else f"({text})"


def _script(text: str, table: dict[str, str], sign: str) -> str:
    """A raised or lowered text: as Unicode when every character has a form, else after its sign."""
    tight = text.replace(" ", "")
    if tight and all(char in table for char in tight):
        return "".join(table[char] for char in tight)
    if not tight:
        return ""
    return f"{sign}{tight}" if len(tight) == 1 or tight.isalnum() else f"{sign}({text})"
