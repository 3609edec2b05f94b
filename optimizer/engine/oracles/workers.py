"""Futures dealt out to processes. Each future keeps to one process and its own basis, so answers do not depend on how
many there are."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from optimizer.engine.oracles.futures import FutureLps, FutureReply, SupplyArrays
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]


def dealt(count: int, parts: int) -> list[range]:
    """Futures dealt out in turn.

    >>> dealt(5, 2)
    [range(0, 5, 2), range(1, 5, 2)]
    """
    return [range(start, count, parts) for start in range(min(parts, count))]


class WorkerPool:
    """All futures, in ``workers`` processes of their own (spawned: HiGHS' threads do not survive a fork).

    A context manager: leaving it ends the processes.
    """

    def __init__(self, arrays: SupplyArrays, data: FloatArray, workers: int) -> None:
        self._count, self._asked = len(data), 0
        self._parts = dealt(len(data), workers)
        spawn = multiprocessing.get_context("spawn")
        self._lines: list[Connection] = []
        self._processes = []
        for part in self._parts:
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(theirs, arrays, data[list(part)], data[0]), daemon=True)
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def ask(self, x: FloatArray, *, supply: bool = False) -> Sequence[FutureReply]:
        """One reply per future, in order. Raises SolverError if a solve fails or a process ends."""
        replies: list[FutureReply | None] = [None] * self._count
        self._asked += 1
        try:
            for line in self._lines:
                line.send((self._asked, x, supply))
            for line, part in zip(self._lines, self._parts, strict=True):
                number, answer = line.recv()
                while number != self._asked:
                    # The answer to a question that Ctrl-C cut short.
                    number, answer = line.recv()
                if isinstance(answer, str):
                    raise SolverError(answer)
                for w, reply in zip(part, answer, strict=True):
                    replies[w] = reply
        except (EOFError, OSError) as error:
            raise SolverError("a process that solves futures has ended. Try again with --workers 1.") from error
        return [reply for reply in replies if reply is not None]


def _work(line: Connection, arrays: SupplyArrays, data: FloatArray, reference: FloatArray) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    futures = FutureLps(arrays, data, reference)
    while True:
        try:
            number, x, supply = line.recv()
        except EOFError:
            return
        try:
            line.send((number, futures.ask(x, supply=supply)))
        except SolverError as error:
            line.send((number, str(error)))
