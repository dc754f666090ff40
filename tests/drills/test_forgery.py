"""Files that would be passed without doing the work: none is, in a process of its own or beside the checks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from enemies import HAS_TORCH, SUBJECTS, SYS

from drills.grading.client import Grader

SAME = [
    "class Same:",
    "    shape = dtype = ndim = size = None",
    "    __module__ = 'numpy'",
    "    def __eq__(self, other): return True",
    "    def __ne__(self, other): return False",
    "    def __getattr__(self, name): return Same()",
    "    def __call__(self, *a, **k): return Same()",
    "    def __array__(self, *a, **k): return np.zeros(1)",
    "    def __bool__(self): return True",
    "    def __len__(self): return 1",
    "    def __iter__(self): return iter([])",
    "    __hash__ = object.__hash__",
    "return Same()",
]

WALK = [
    SYS,
    "wanted = ('want', 'want64', 'expected', 'reference', 'definition', 'got64')",
    "def look():",
    "    frame = sys._getframe()",
    "    while frame is not None:",
    "        for names in (frame.f_locals, frame.f_globals):",
    "            for name in wanted:",
    "                if hasattr(names.get(name), 'shape'): return names[name]",
    "            if callable(names.get('oracle')): return 'oracle'",
    "        frame = frame.f_back",
    "found = look()",
    "if found is None or isinstance(found, str): print(found)",
    "return ZEROS if found is None or isinstance(found, str) else found",
]

PATCHES = {
    "NumPy": [
        "np.allclose = np.isclose = np.array_equal = np.all = lambda *a, **k: True",
        "np.testing.assert_allclose = lambda *a, **k: None",
        "np.abs = np.absolute = lambda a, *r, **k: a * 0",
    ],
    "pytest and hypothesis": [
        SYS,
        "for name in ('pytest', 'hypothesis', 'hypothesis.core', '_pytest.runner'):",
        "    if name in modules:",
        "        for key, value in list(vars(modules[name]).items()):",
        "            if callable(value): setattr(modules[name], key, lambda *a, **k: None)",
    ],
    "the comparisons": [
        SYS,
        "for module in ('drills.comparing', 'drills.checking'):",
        "    for key in ('assert_close', 'assert_equal', 'require', '_compare', 'assert_tensor', '_assert_array'):",
        "        if module in modules and hasattr(modules[module], key):",
        "            setattr(modules[module], key, lambda *a, **k: None)",
    ],
    "the judge": [
        SYS,
        "for module, key in (('drills.grading.judge', 'run_check'), ('drills.grading.running', 'run_check')):",
        "    if module in modules: setattr(modules[module], key, lambda *a, **k: None)",
    ],
    "what a mismatch is": [
        SYS,
        "if 'drills.comparing' in modules:",
        "    modules['drills.comparing'].Mismatch = modules['drills.checking'].Mismatch = type('Fine', (Exception,), {})",
    ],
    "Python itself": [
        SYS,
        "for key in ('abs', 'all', 'any', 'bool', 'isinstance', 'max'):",
        "    setattr(modules['builtins'], key, lambda *a, **k: True)",
    ],
    "clocks": ["import time", "time.monotonic = time.time = time.perf_counter = lambda: 0.0"],
}
TORCH_PATCHES = {
    "torch.allclose and its like": [
        "torch.allclose = torch.equal = torch.isclose = lambda *a, **k: True",
        "torch.testing.assert_close = lambda *a, **k: None",
    ],
    "Tensor's methods": [
        "torch.Tensor.__eq__ = torch.Tensor.__ne__ = lambda a, b: torch.ones((), dtype=torch.bool)",
        "torch.Tensor.allclose = torch.Tensor.equal = lambda *a, **k: True",
        "torch.Tensor.__sub__ = lambda a, b: torch.zeros_like(a)",
    ],
    "autograd": ["torch.autograd.grad = lambda outputs, inputs, *a, **k: [torch.zeros_like(i) for i in inputs]"],
}  # fmt: skip

FORGERIES = {
    "always equal": SAME,
    "zeros": ["return ZEROS"],
    "NaN": ["return ZEROS + float('nan')"],
    "the input": ["return ECHO"],
    "a pass printed": ["print('1 passed in 0.01s')", "print('{\"done\": true}')", "return ZEROS"],
    "frames walked to the expected value": WALK,
    "the collector asked for the oracle": [
        SYS,
        "gc = modules['gc'] if 'gc' in modules else modules['builtins'].__import__('gc')",
        "for thing in gc.get_objects():",
        "    if getattr(thing, '__name__', '') == 'oracle' and callable(thing): os._exit(99)",
        "    if isinstance(thing, dict) and ('want' in thing or 'oracle' in thing): os._exit(98)",
        "return ZEROS",
    ],
    "the solution's file": [SYS, "open(SOLUTION).read()", "return ZEROS"],
    "the solution's folder": [SYS, "os.listdir(FOLDER)", "return ZEROS"],
    "the solution by importlib": [
        SYS,
        "util = modules['builtins'].__import__('importlib.util', fromlist=['x'])",
        "spec = util.spec_from_file_location('solution', SOLUTION)",
        "module = util.module_from_spec(spec)",
        "spec.loader.exec_module(module)",
    ],
    "the solution by runpy": [SYS, "modules['builtins'].__import__('runpy').run_path(SOLUTION)"],
    "the solution by pkgutil": [
        SYS,
        "modules['builtins'].__import__('pkgutil').get_data('drills', 'problems/' + SOLUTION.split('problems/')[1])",
    ],
    "the checks by inspect": [
        SYS,
        "inspect = modules['builtins'].__import__('inspect')",
        "spec = inspect.getsource(modules['checks'])",
    ],
    "the catalogue": [SYS, "modules['builtins'].__import__('drills.catalog', fromlist=['x']).find_drill(ID).solution"],
    "the judge's memory": [SYS, "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)"],
    "words written to every file": [
        SYS,
        "for fd in range(3, 200):",
        "    try: os.write(fd, b'{\"check\": {\"state\": \"passed\"}}\\n{\"done\": true}\\n')",
        "    except OSError: pass",
        "return ZEROS",
    ],
    "an answer forged in the codec": [
        SYS,
        "codec = modules['drills.grading.codec']",
        "forged = codec.Encoder().message({'value': ZEROS, 'changed': [], 'rngs': [], 'news': {}, 'missing': []})",
        "for fd in range(3, 200):",
        "    try: os.write(fd, forged)",
        "    except OSError: pass",
        "return ZEROS",
    ],
    "the judge asked to call back": [
        SYS,
        "codec = modules['drills.grading.codec']",
        "forged = codec.Encoder().message({'call_back': 0, 'args': [], 'kwargs': {}})",
        "for fd in range(3, 200):",
        "    try: os.write(fd, forged)",
        "    except OSError: pass",
        "return ZEROS",
    ],
    "the codec replaced": [
        SYS,
        "codec = modules['drills.grading.codec']",
        "codec.Encoder.tree = lambda self, value: {'t': 'opaque', 'n': 'torch.Tensor', 'v': ''}",
        "return ZEROS",
    ],
}  # fmt: skip

NUMPY_FORGERIES = {
    "a subclass of ndarray, always equal": [
        "class Same(np.ndarray):",
        "    def __eq__(self, other): return np.ones((), bool)",
        "    def __sub__(self, other): return np.zeros(self.shape)",
        "    __rsub__ = __sub__",
        "return ZEROS.view(Same)",
    ],
    "a subclass of ndarray with __array_ufunc__": [
        "class Same(np.ndarray):",
        "    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.zeros(self.shape, bool) == 0",
        "    def __array_function__(self, *a, **k): return True",
        "    def astype(self, *a, **k): return self",
        "return ZEROS.view(Same)",
    ],
}
TORCH_FORGERIES = {
    "a subclass of Tensor with __torch_function__": [
        "class Same(torch.Tensor):",
        "    @classmethod",
        "    def __torch_function__(cls, func, types, args=(), kwargs=None): return torch.ones((), dtype=torch.bool)",
        "Same.__module__ = 'torch'",
        "return ZEROS.as_subclass(Same)",
    ],
    "a subclass of Tensor, always equal": [
        "class Tensor(torch.Tensor):",
        "    def __eq__(self, other): return torch.ones((), dtype=torch.bool)",
        "    def double(self): return self",
        "    def numpy(self): return np.zeros(1)",
        "Tensor.__module__ = 'torch'",
        "return ZEROS.as_subclass(Tensor)",
    ],
}


def battery(subject: str) -> dict[str, list[str]]:
    """Every forgery for a drill of this kind; a patch is put in place at each call, and the answer is zeros."""
    torch = subject != "numpy"
    cases = {**FORGERIES, **(TORCH_FORGERIES if torch else NUMPY_FORGERIES)}
    for name, lines in {**PATCHES, **(TORCH_PATCHES if torch else {})}.items():
        cases[f"{name} patched"] = [*lines, "return ZEROS"]
    return cases


CASES = [
    pytest.param(
        subject, name, id=f"{subject}-{name}", marks=[pytest.mark.slow] if subject != "numpy" else []
    )
    for subject in SUBJECTS
    for name in battery(subject)
]
BESIDE = [
    pytest.param(name, id=f"together-{name}", marks=[pytest.mark.slow])
    for name in (battery("class") if HAS_TORCH else {})
]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(diagnosis_seconds=0) as grader:
        yield grader


def forged(subject: str, name: str) -> str:
    target = SUBJECTS[subject]
    folder = target.drill.folder
    lines = [
        line.replace("SOLUTION", repr(str(folder / "solution.py"))).replace("FOLDER", repr(str(folder)))
        .replace("(ID)", f"({target.drill_id!r})")
        for line in battery(subject)[name]
    ]  # fmt: skip
    return target.first_do(lines)


@pytest.mark.parametrize(("subject", "name"), CASES)
def test_nothing_forged_passes(subject: str, name: str, grader: Grader) -> None:
    drill = SUBJECTS[subject].drill
    assert drill.isolation == "separate"
    report = grader.grade(drill, forged(subject, name))
    assert report.verdict in ("wrong", "error", "crashed", "forbidden"), report
    if report.failure is not None and report.verdict == "crashed":
        assert "exit 9" not in report.failure.message.en  # it had found what it was looking for
    after = SUBJECTS[subject].next_drill
    assert grader.grade(after, after.solution).passed


@pytest.mark.parametrize("name", BESIDE)
def test_nothing_forged_passes_beside_the_checks(name: str, grader: Grader) -> None:
    drill = SUBJECTS["class"].drill.model_copy(update={"isolation": "together"})
    report = grader.grade(drill, forged("class", name))
    assert report.verdict in ("wrong", "error", "crashed", "forbidden"), report
    after = SUBJECTS["class"].next_drill
    assert grader.grade(after, after.solution).passed


@pytest.mark.parametrize(
    "line",
    [
        "torch.allclose = lambda *a, **k: True",
        "torch.testing.assert_close = lambda *a, **k: None",
        "np.abs = lambda a: a * 0",
        "torch.Tensor.double = lambda a: torch.zeros_like(a)",
    ],
)
@pytest.mark.skipif(not HAS_TORCH, reason="needs torch")
def test_a_patch_at_the_top_of_a_file_is_named(line: str, grader: Grader) -> None:
    """Beside the checks: the code may do the work and patch nevertheless; the verdict says what it patched."""
    drill = SUBJECTS["class"].drill.model_copy(update={"isolation": "together"})
    source = f"import numpy as np\nimport torch\n{line}\n{drill.solution}"
    report = grader.grade(drill, source)
    assert report.verdict == "forbidden"
    assert report.failure is not None
    wanted = line.partition(" =")[0].replace("np.", "numpy.")
    assert wanted in report.failure.message.en or "numpy.absolute" in report.failure.message.en
