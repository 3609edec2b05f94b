"""Being asked to stop: SIGTERM is taken like Ctrl-C, and whoever asks twice is not kept waiting."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
TERMINATED = 143
"""Exit codes: 128 and the number of the signal, as shells report it."""


class StopRequests:
    """Signals that asked to stop. The first is handled like Ctrl-C, wherever that is; a second ends the process.

    Signals are counted in a thread of their own, because whoever handles Ctrl-C may be busy with the first.
    """

    def __init__(self) -> None:
        self.terminated = False
        self._forwarded = 0
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        threading.Thread(target=self._watch, daemon=True, name="stop requests").start()

    def exit_code(self, code: int) -> int:
        """The exit code of a command: one that was interrupted by SIGTERM says so."""
        return TERMINATED if code == INTERRUPTED and self.terminated else code

    def on_terminate(self, _number: int, _frame: FrameType | None) -> None:
        """Pass the first SIGTERM on as Ctrl-C; a job in the background of a shell may be deaf to that."""
        if self.terminated:
            return
        self.terminated = True
        if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL, None):
            raise KeyboardInterrupt
        self._forwarded = 1
        signal.raise_signal(signal.SIGINT)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count signals and take SIGTERM like Ctrl-C, until the end of the block."""
        before = signal.signal(signal.SIGTERM, self.on_terminate)
        wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            signal.signal(signal.SIGTERM, before)
            os.close(self._writer)

    def _watch(self) -> None:
        asked: list[int] = []
        while data := os.read(self._reader, 64):
            asked += [number for number in data if number in (signal.SIGINT, signal.SIGTERM)]
            if len(asked) - (signal.SIGTERM in asked and self._forwarded) > 1:
                os._exit(TERMINATED if signal.SIGTERM in asked else INTERRUPTED)
        os.close(self._reader)


@contextmanager
def stop_requests() -> Iterator[StopRequests | None]:
    """Count stop requests inside the block; None where signals cannot be: outside the main thread, and on Windows."""
    if os.name == "nt" or threading.current_thread() is not threading.main_thread():
        yield None
        return
    requests = StopRequests()
    with requests.counted():
        yield requests
