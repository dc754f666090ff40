"""Runs programs one after another, each in a fork of one process that has imported NumPy and PyTorch once.

    python -I -X utf8 -W error snippet_runs.py

Reads lines of JSON, [code, folder]; the program runs in the folder, and what it prints is in `<folder>.out` and
`<folder>.err`. Answers each with a line: its exit status.
"""

import json
import os
import sys
import traceback
from contextlib import suppress

import numpy  # noqa: F401

with suppress(ImportError):
    import torch  # noqa: F401


def run(code: str, folder: str) -> int:
    """In a process of its own."""
    os.chdir(folder)
    for stream, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{folder}.{name}", os.O_WRONLY | os.O_CREAT), stream)
    try:
        exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        return 0 if end.code in (None, 0) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


for line in sys.stdin:
    if (child := os.fork()) == 0:
        os._exit(run(*json.loads(line)))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
