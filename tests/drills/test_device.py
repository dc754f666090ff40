"""`--device`: the learner's code computes there, the judge stays on the CPU. No accelerator is needed for what is tested here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drills.catalog import find_drill
from drills.grading import codec
from drills.grading.client import Grader

torch = pytest.importorskip("torch")

ABSENT = [name for name in ("cuda", "mps") if not getattr(torch, name).is_available()]
PRESENT = [name for name in ("cuda", "mps") if name not in ABSENT]


@pytest.mark.slow
@pytest.mark.parametrize("drill_id", ["rms-norm", "multi-head-attention"])
def test_the_cpu_is_a_device(drill_id: str) -> None:
    drill = find_drill(drill_id)
    with Grader(device="cpu") as grader:
        assert grader.grade(drill, drill.solution).passed
        assert grader.grade(drill, drill.starter).verdict == "error"


@pytest.mark.slow
@pytest.mark.parametrize("device", ABSENT)
def test_an_absent_device_is_told(device: str) -> None:
    drill = find_drill("rms-norm")
    with Grader(device=device) as grader:
        report = grader.grade(drill, drill.solution)
    assert report.verdict == "grader_fault"
    assert report.failure is not None
    assert f"no device {device} here" in report.failure.message.en


@pytest.mark.parametrize("device", PRESENT)
def test_a_device_that_is_there(device: str) -> None:
    drill = find_drill("rms-norm")
    with Grader(device=device) as grader:
        assert grader.grade(drill, drill.solution).passed
        cut_off = drill.solution.replace("mean_square + eps", "mean_square + torch.tensor(eps).reshape(1)")
        assert grader.grade(drill, cut_off).verdict == "error"  # a tensor of the code's own, left on the CPU


def test_tensors_arrive_on_the_device() -> None:
    """`meta` is a device that every machine has; it holds no values."""
    message = codec.Encoder().message([torch.ones(2, 3), {"n": torch.ones(1, requires_grad=True)}, 3])
    start = 16
    text = int.from_bytes(message[:8], "little")
    got = codec.Decoder(device="meta").value(message[start : start + text], message[start + text :])
    assert got[0].device.type == got[1]["n"].device.type == "meta"
    assert got[1]["n"].requires_grad
    assert got[2] == 3


def test_a_numpy_drill_has_no_device(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", "utf-8")
    command = [
        sys.executable,
        "-m",
        "tui.cli",
        "drill",
        "check",
        "attention",
        "--solution",
        str(tmp_path / "mine.py"),
        "--device",
        "cuda",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PyTorch" in done.stderr + done.stdout
