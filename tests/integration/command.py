"""The command as a user runs it: its own process, its own folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def started(*arguments: str) -> subprocess.Popen[str]:
    """A running command."""
    return subprocess.Popen(
        [sys.executable, "-m", "optimizer", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        # A test run in the background of a shell ignores Ctrl-C, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that has ended."""
    process = started(*arguments)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@dataclass(frozen=True)
class Interrupted:
    """How a command ended on Ctrl-C, and how many seconds that took."""

    code: int
    out: str
    err: str
    seconds: float


def interrupted(
    *arguments: str, when: str, by: signal.Signals = signal.SIGINT, times: int = 1, pause: float = 0.2
) -> Interrupted:
    """Run a command and press Ctrl-C, or send another signal, once a line on stderr holds ``when``."""
    process = started(*arguments)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if when in line:
            break
    else:
        raise AssertionError(f"the command ended before it said '{when}': {''.join(said)}")
    pressed = time.monotonic()
    for turn in range(times):
        if turn:
            time.sleep(pause)
        process.send_signal(by)
    out, err = process.communicate(timeout=60)
    return Interrupted(process.returncode, out, "".join(said) + err, time.monotonic() - pressed)
