"""A real terminal for tests: tmux on a socket of its own, keys in, the screen out."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 60.0


def require_tmux() -> None:
    """Say what to do where tmux is missing: the test is too important to be skipped in silence."""
    if shutil.which("tmux") is None:
        raise RuntimeError("the end-to-end test needs tmux: apt-get install tmux (or brew install tmux)")


class Terminal:
    """preptrain in a pane of `width` × `height` cells; ends with the `with` block."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        width: int = 80,
        height: int = 24,
        environment: dict[str, str] | None = None,
    ) -> None:
        require_tmux()
        self._folder = tempfile.mkdtemp(prefix="pt")  # a socket's path must be short
        self._tmux = ["tmux", "-f", "/dev/null", "-S", f"{self._folder}/s"]
        usual = {"PREPTRAIN_HOME": str(home), "PYTHONPATH": "", "NO_COLOR": "", "LANG": "C.UTF-8"}
        variables = usual | (environment or {})
        settings = [item for name, value in variables.items() for item in ("-e", f"{name}={value}")]
        # The shell keeps the status and the screen: tmux tells of an ended pane, but not always how it ended.
        self._status = Path(self._folder) / "status"
        script = f'"$@"; echo $? > {self._status}.new; mv {self._status}.new {self._status}; sleep 600'
        command = ["sh", "-c", script, "sh", sys.executable, "-m", "tui.cli", *arguments]
        self._run("new-session", "-d", "-x", str(width), "-y", str(height), *settings, *command)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: "Enter", "F4", "C-s", "q"."""
        self._run("send-keys", *keys)

    def paste(self, text: str) -> None:
        """Text as a terminal pastes it."""
        subprocess.run([*self._tmux, "load-buffer", "-"], input=text.encode(), check=True)
        self._run("paste-buffer", "-p")

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def wait_for(self, *texts: str, patience: float = PATIENCE) -> str:
        """The screen as soon as it shows one of `texts`."""
        deadline = time.monotonic() + patience
        while True:
            screen = self.screen()
            if any(text in screen for text in texts):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f"none of {texts} within {patience:g} s on:\n{screen}")
            time.sleep(0.05)

    def resize(self, width: int, height: int) -> None:
        self._run("resize-window", "-x", str(width), "-y", str(height))

    def wait_for_end(self, patience: float = PATIENCE) -> int:
        """The exit status of the app, as a shell tells it (137 for SIGKILL)."""
        deadline = time.monotonic() + patience
        while not self._status.exists():
            if time.monotonic() > deadline:
                raise AssertionError(f"still running:\n{self.screen()}")
            time.sleep(0.05)
        return int(self._status.read_text())

    def kill(self) -> None:
        """SIGKILL to the app, as a crash of the process would be."""
        os.kill(self.pid(), signal.SIGKILL)
        assert self.wait_for_end() == 128 + signal.SIGKILL

    def pid(self) -> int:
        """The app's process."""
        shell = self._run("display-message", "-p", "#{pane_pid}").strip()
        (pid,) = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(pid)

    def close(self) -> None:
        """Take the terminal away, as a lost connection or a closed window does."""
        self._run("kill-server")

    def wait_until_gone(self, pid: int, patience: float = PATIENCE) -> None:
        """Until the process has ended, or is nobody's any more."""
        deadline = time.monotonic() + patience
        while _is_running(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                raise AssertionError(f"process {pid} still runs without its terminal")
            time.sleep(0.05)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True)
        return done.stdout


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
