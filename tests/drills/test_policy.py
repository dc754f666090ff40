"""The rules of a drill: what a file may import and call."""

from __future__ import annotations

import pytest

from drills.grading.policy import parameters, violations

SDPA = "torch.nn.functional.scaled_dot_product_attention"


@pytest.mark.parametrize(
    "source",
    [
        "import torch\ntorch.nn.functional.scaled_dot_product_attention(1)",
        "import torch.nn.functional as F\nF.scaled_dot_product_attention(1)",
        "from torch.nn import functional as f\nf.scaled_dot_product_attention(1)",
        "from torch.nn.functional import scaled_dot_product_attention",
        "from torch.nn.functional import scaled_dot_product_attention as harmless",
        "from torch.nn.functional import *\nscaled_dot_product_attention(1)",
        "import torch.nn.functional as F\nmine = F.scaled_dot_product_attention\nmine(1)",
        "from torch import nn\nx = nn.functional\nx.scaled_dot_product_attention(1)",
        "import torch.nn.functional as F\ngetattr(F, 'scaled_dot_product_attention')(1)",
    ],
)
def test_a_forbidden_api_is_named_however_it_is_reached(source: str) -> None:
    assert next(violation.name for violation in violations(source, ["torch"], [SDPA])) == SDPA


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import os", "os"),
        ("import os.path as p", "os.path"),
        ("from subprocess import run", "subprocess"),
        ("def f():\n    import socket", "socket"),
        ("__import__('os')", "__import__"),
        ("exec('import os')", "exec"),
        ("from .solution import attention", ".solution.attention"),
    ],
)
def test_what_is_not_on_the_list_is_refused(source: str, name: str) -> None:
    assert [violation.name for violation in violations(source, ["numpy"], [])] == [name]


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nfrom numpy.lib.stride_tricks import sliding_window_view",
        "from __future__ import annotations\nimport math, functools\nfrom collections import Counter",
        "import numpy as np\nif __name__ == '__main__':\n    import sys\n    sys.exit(0)",
        "scaled_dot_product_attention = 3",  # a learner's own name
        "def scaled_dot_product_attention(): ...",
    ],
)
def test_what_an_honest_file_holds_is_allowed(source: str) -> None:
    assert violations(source, ["numpy", "torch"], [SDPA]) == []


def test_the_first_line_comes_first() -> None:
    found = violations("import os\nimport sys", ["numpy"], [])
    assert [(violation.line, violation.name) for violation in found] == [(1, "os"), (2, "sys")]


def test_argument_names_come_from_the_starter() -> None:
    source = "def f(x, y=1, *, z=2): ...\ndef g(a): ...\nclass C: ..."
    assert parameters(source, ["f", "C"]) == {"f": ["x", "y"], "C": []}
