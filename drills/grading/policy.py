"""What a drill's file may import and call, read from its syntax tree before it runs.

It names the API that gives the answer away, also through a rename. It is a rule of the game, not a
security boundary: what the process may do is limited by the kernel.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizbank.models import Text

ALWAYS_ALLOWED = frozenset(
    """__future__ abc array bisect cmath collections contextlib copy dataclasses decimal enum fractions
    functools hashlib heapq itertools json logging math numbers operator pprint queue random re statistics string
    struct textwrap time types typing typing_extensions unicodedata warnings weakref""".split()  # noqa: SIM905
)
_INSPECTING = frozenset(
    """_getframe _current_frames f_back f_builtins f_globals f_locals tb_frame gi_frame cr_frame ag_frame
    __globals__ __closure__ __subclasses__ __builtins__ get_objects get_referrers""".split()  # noqa: SIM905
)
"""What leads from the code to the checks that run in its process."""
_DYNAMIC = frozenset({"__import__", "eval", "exec", "compile"})


@dataclass(frozen=True)
class Violation:
    """A line that the drill's rules do not allow."""

    line: int
    name: str
    message: Text


def violations(
    source: str, allowed_imports: Sequence[str], forbidden: Sequence[str], *, beside_checks: bool = False
) -> list[Violation]:
    """All that the file may not do, in the order of its lines. SyntaxError when it does not parse.

    `beside_checks`: it may not look at its callers either, since they hold what is expected of it.
    """
    tree = ast.parse(source)
    inspecting = _INSPECTING if beside_checks else frozenset()
    finder = _Finder(frozenset(allowed_imports) | ALWAYS_ALLOWED, frozenset(forbidden), inspecting)
    finder.visit(tree)
    return sorted(finder.found, key=lambda violation: violation.line)


class _Finder(ast.NodeVisitor):
    def __init__(
        self, allowed: frozenset[str], forbidden: frozenset[str], inspecting: frozenset[str] = frozenset()
    ) -> None:
        self.allowed, self.forbidden, self.inspecting = allowed, forbidden, inspecting
        self.last_names = {name.rpartition(".")[2]: name for name in forbidden}
        self.aliases: dict[str, str] = {}
        self.found: list[Violation] = []

    def visit_If(self, node: ast.If) -> None:
        if not _is_main_guard(node.test):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._import(node, alias.name)
            self._refer(node, alias.name)
            self.aliases[alias.asname or alias.name.partition(".")[0]] = (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level:
            for alias in node.names:
                self._report(node, "." * node.level + f"{module}.{alias.name}".lstrip("."), "import")
            return
        self._import(node, module)
        for alias in node.names:
            full = f"{module}.{alias.name}"
            self._refer(node, full)
            if alias.name == "*":
                for name in self.forbidden:
                    if name.rpartition(".")[0] == module:
                        self.aliases[name.rpartition(".")[2]] = name
            else:
                self.aliases[alias.asname or alias.name] = full

    def visit_Assign(self, node: ast.Assign) -> None:
        """`sdpa = F.scaled_dot_product_attention` renames, as an import does."""
        self.generic_visit(node)
        if (name := self._dotted(node.value)) is not None:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.aliases[target.id] = name

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if (name := self._dotted(node)) is not None:
            self._refer(node, name)
        if node.attr in self.inspecting:
            self._report(node, node.attr, "call")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value in self.inspecting:
            self._report(node, node.value, "call")

    def visit_Name(self, node: ast.Name) -> None:
        self._refer(node, self.aliases.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC:
            self._report(node, node.func.id, "call")
        if isinstance(node.func, ast.Name) and node.func.id == "getattr":
            for name in _strings(node.args):
                if name in self.last_names:
                    self._report(node, self.last_names[name], "call")
        self.generic_visit(node)

    def _dotted(self, node: ast.AST) -> str | None:
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        return ".".join([self.aliases.get(node.id, node.id), *reversed(parts)])

    def _import(self, node: ast.stmt, module: str) -> None:
        if module.partition(".")[0] not in self.allowed:
            self._report(node, module, "import")

    def _refer(self, node: ast.AST, name: str) -> None:
        for banned in self.forbidden:
            if name == banned or name.startswith(banned + "."):
                self._report(node, banned, "call")

    def _report(self, node: ast.AST, name: str, what: str) -> None:
        line = getattr(node, "lineno", 1)
        if any(violation.line == line and violation.name == name for violation in self.found):
            return
        if what == "import":
            message = Text(
                en=f"Line {line} imports {name}, which this drill does not allow.",
                zh=f"第 {line} 行导入了本题不允许的 {name}。",
            )
        else:
            message = Text(
                en=f"Line {line} uses {name}, which this drill forbids.",
                zh=f"第 {line} 行使用了本题禁止的 {name}。",
            )
        self.found.append(Violation(line, name, message))


def _strings(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_main_guard(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and len(test.comparators) == 1
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def parameters(source: str, entry_point: Sequence[str]) -> dict[str, list[str]]:
    """The argument names of each entry point, read from the starter's text."""
    names: dict[str, list[str]] = {name: [] for name in entry_point}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            names[node.name] = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    return names


def classes(source: str, entry_point: Sequence[str]) -> set[str]:
    """Those of the entry points that are classes, read from the starter's text."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)} & set(entry_point)
