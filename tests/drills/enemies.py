"""Files that attack the grader: the solution of a drill, with lines of an enemy's where its work begins."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass

from drills.catalog import Drill, find_drill

HAS_TORCH = importlib.util.find_spec("torch") is not None

SYS = "import warnings; sys = warnings.sys; modules = sys.modules; os = modules['os']"
"""`sys` and all that is loaded, reached without importing it: the rules of a drill are read from the text."""


@dataclass(frozen=True)
class Subject:
    """A drill to attack: where its work begins, and what it is given and gives there, as expressions."""

    drill_id: str
    begins: str
    zeros: str
    echo: str
    library: str

    @property
    def drill(self) -> Drill:
        return find_drill(self.drill_id)

    @property
    def next_drill(self) -> Drill:
        """A short drill that the same server grades."""
        return find_drill({"numpy": "attention", "torch": "rms-norm"}[self.library])

    def first_do(self, lines: Sequence[str], before: str = "") -> str:
        """The solution, with these lines where its work begins and `before` at the top of the file."""
        solution = self.drill.solution
        assert solution.count(self.begins) == 1
        indent = " " * (len(self.begins) - len(self.begins.lstrip()))
        named = [line.replace("ZEROS", self.zeros).replace("ECHO", self.echo) for line in lines]
        inserted = "".join(f"{indent}{line}\n" for line in named)
        top = f"import {self.library}\nimport numpy as np\n{before}\n"
        return top + solution.replace(self.begins, inserted + self.begins)


NUMPY = Subject(
    "attention",
    "    scores = q @ np.swapaxes(k, -1, -2)",
    "np.zeros((*q.shape[:-1], v.shape[-1]), q.dtype)",
    "q",
    "numpy",
)
TORCH = Subject("rms-norm", "    wide = x.float()", "torch.zeros_like(x)", "x", "torch")
CLASS = Subject("multi-head-attention", "        if context is None:\n", "torch.zeros_like(x)", "x", "torch")
SUBJECTS = {"numpy": NUMPY, "torch": TORCH, "class": CLASS} if HAS_TORCH else {"numpy": NUMPY}
