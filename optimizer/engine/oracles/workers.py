"""Futures dealt out to processes. Each future keeps to one process and its own basis, so answers do not depend on how
many there are."""

from __future__ import annotations

import contextlib
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

    A process that dies is replaced once; after that its futures are solved in this process. Whoever takes over answers
    all earlier questions again, so that bases, and with them every later answer, are as if nothing had happened.
    A context manager: leaving it ends the processes.
    """

    def __init__(self, arrays: SupplyArrays, data: FloatArray, workers: int) -> None:
        self._count = len(data)
        self._asked: list[FloatArray] = []
        self._workers = [_Worker(arrays, data, part) for part in dealt(len(data), workers)]

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.end()

    @property
    def process_ids(self) -> list[int]:
        """Ids of the processes that are alive."""
        return [worker.process.pid for worker in self._workers if worker.process.is_alive() and worker.process.pid]

    def ask(self, x: FloatArray, *, supply: bool = False) -> Sequence[FutureReply]:
        """One reply per future, in order. Raises SolverError if a solve fails."""
        self._asked.append(x.copy())
        for worker in self._workers:
            worker.send(self._asked, supply)
        replies: list[FutureReply | None] = [None] * self._count
        for worker in self._workers:
            answer = worker.answer(self._asked, supply)
            for w, reply in zip(worker.part, answer, strict=True):
                replies[w] = reply
        return [reply for reply in replies if reply is not None]


class _Worker:
    """Some of the futures, in one process, or here once two processes have died over them."""

    def __init__(self, arrays: SupplyArrays, data: FloatArray, part: range) -> None:
        self.part = part
        self._job = (arrays, data[list(part)], data[0])
        self._replaced = False
        self._here: FutureLps | None = None
        self._start()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._line, theirs = spawn.Pipe()
        self.process = spawn.Process(target=_work, args=(theirs, *self._job), daemon=True)
        # One that dies before it has read what it is to do shows when an answer is due.
        with contextlib.closing(theirs), contextlib.suppress(BrokenPipeError):
            self.process.start()

    def send(self, asked: list[FloatArray], supply: bool) -> None:
        """Ask the last of the questions. That the process is dead shows when the answer is due."""
        if self._here is None:
            with contextlib.suppress(OSError):
                self._line.send((len(asked), asked[-1:], supply))

    def answer(self, asked: list[FloatArray], supply: bool) -> list[FutureReply]:
        """The answer to the last question, whoever it comes from."""
        if self._here is None:
            try:
                return self._received(len(asked))
            except (EOFError, OSError):
                return self._answer_of_another(asked, supply)
        return self._here.ask(asked[-1], supply=supply)

    def _answer_of_another(self, asked: list[FloatArray], supply: bool) -> list[FutureReply]:
        self.end()
        if not self._replaced:
            self._replaced = True
            try:
                self._start()
                self._line.send((len(asked), asked, supply))
                return self._received(len(asked))
            except (EOFError, OSError):
                self.end()
        self._here = FutureLps(*self._job)
        for earlier in asked[:-1]:
            self._here.ask(earlier)
        return self._here.ask(asked[-1], supply=supply)

    def _received(self, expected: int) -> list[FutureReply]:
        number, answer = self._line.recv()
        while number != expected:
            # The answer to a question that Ctrl-C cut short.
            number, answer = self._line.recv()
        if isinstance(answer, str):
            raise SolverError(answer)
        found: list[FutureReply] = answer
        return found

    def end(self) -> None:
        """End the process; it keeps nothing that could be lost."""
        self._line.close()
        if self.process.pid is not None:
            self.process.kill()
            self.process.join()


def _work(line: Connection, arrays: SupplyArrays, data: FloatArray, reference: FloatArray) -> None:
    # Ctrl-C and SIGTERM can reach every process of a terminal or a job; the parent alone decides what they mean.
    for number_of_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number_of_signal, signal.SIG_IGN)
    futures = FutureLps(arrays, data, reference)
    while True:
        try:
            number, questions, supply = line.recv()
        except EOFError:
            return
        try:
            for earlier in questions[:-1]:
                futures.ask(earlier)
            line.send((number, futures.ask(questions[-1], supply=supply)))
        except SolverError as error:
            line.send((number, str(error)))
