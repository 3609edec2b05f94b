"""The futures of one solve on a cluster: each worker holds the compiled futures that it has been dealt."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.cluster.connect import WAITED_S, addresses
from optimizer.engine.oracles.futures import FutureLps, FutureReply, SupplyArrays
from optimizer.engine.oracles.workers import dealt
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

_HELD: dict[str, FutureLps] = {}
"""In a worker: the futures that it holds, by the name of their part."""
_ONE_AT_A_TIME = threading.Lock()
TRIES = 10
PATIENCE_S = 5.0


class ClusterPool:
    """All futures, dealt out to the workers of a Dask cluster. A context manager: leaving it frees the workers.

    A worker that dies loses what it held; whoever is asked next compiles the part again and answers all earlier
    questions first, so that bases, and with them every later answer, are as if nothing had happened.
    """

    def __init__(self, client: Any, arrays: SupplyArrays, data: FloatArray) -> None:
        self._client, self._arrays, self._count = client, arrays, len(data)
        self._name = uuid.uuid4().hex
        self._asked: list[FloatArray] = []
        self._killed: type[Exception] = import_module("distributed").KilledWorker
        workers = addresses(client)
        self._parts = dealt(len(data), len(workers))
        self._jobs = [(data[list(part)], data[0]) for part in self._parts]
        self._places = workers[: len(self._parts)]

    def __enter__(self) -> ClusterPool:
        return self

    def __exit__(self, *_: object) -> None:
        # A worker that is gone has nothing left to free.
        self._client.run(_forget, self._name, on_error="ignore")

    def ask(self, x: FloatArray, *, supply: bool = False) -> Sequence[FutureReply]:
        """One reply per future, in order. Raises SolverError if a solve fails or the cluster does."""
        self._asked.append(x.copy())
        replies: list[FutureReply | None] = [None] * self._count
        left = list(range(len(self._parts)))
        for _ in range(TRIES):
            sent = {i: self._send(_answered, i, len(self._asked), self._asked[-1:], supply) for i in left}
            lost = []
            for i, future in sent.items():
                answer = self._answer(future)
                if answer is None:
                    lost.append(i)
                    continue
                if isinstance(answer, str):
                    raise SolverError(answer)
                for w, reply in zip(self._parts[i], answer, strict=True):
                    replies[w] = reply
            if not lost:
                return [reply for reply in replies if reply is not None]
            for i in lost:
                self._settle(i)
            left = lost
        raise SolverError("the cluster has lost the same futures again and again; see the logs of its workers.")

    def _send(self, function: Any, i: int, *arguments: Any) -> Any:
        """Give a part's work to the worker that holds it, or to any other if that one is gone."""
        return self._client.submit(
            function, f"{self._name} {i}", *arguments,
            workers=[self._places[i]], allow_other_workers=True, pure=False, retries=0,
        )  # fmt: skip

    def _settle(self, i: int) -> None:
        """Compile a part where it is not (yet, or no longer), with all earlier questions answered."""
        job = (self._arrays, *self._jobs[i])
        place = self._answer(self._send(_settled, i, job, self._asked[:-1]))
        if place is not None:
            self._places[i] = place

    def _answer(self, future: Any) -> Any:
        """What a worker says; None if it is gone and its work could not be done by another."""
        nobody_since: float | None = None
        while True:
            try:
                return future.result(timeout=PATIENCE_S)
            except TimeoutError:
                if addresses(self._client):
                    nobody_since = None
                    continue
                nobody_since = nobody_since or time.monotonic()
                if time.monotonic() - nobody_since > WAITED_S:
                    raise SolverError("the cluster has no workers left.") from None
            except (self._killed, CancelledError):
                return None


def _settled(name: str, job: tuple[SupplyArrays, FloatArray, FloatArray], earlier: list[FloatArray]) -> str:
    """Compile a part in this worker and answer earlier questions; the worker's address."""
    with _ONE_AT_A_TIME:
        futures = FutureLps(*job)
        for x in earlier:
            futures.ask(x)
        _HELD[name] = futures
    return str(import_module("distributed").get_worker().address)


def _answered(name: str, number: int, questions: list[FloatArray], supply: bool) -> list[FutureReply] | str | None:
    """Answer to the last question; None if this worker does not hold the part. ``number`` keeps questions apart."""
    with _ONE_AT_A_TIME:
        futures = _HELD.get(name)
        if futures is None:
            return None
        try:
            return futures.ask(questions[-1], supply=supply)
        except SolverError as error:
            return str(error)


def _forget(name: str) -> None:
    for part in [held for held in _HELD if held.startswith(name)]:
        del _HELD[part]
