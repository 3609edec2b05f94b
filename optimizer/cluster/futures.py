"""The futures of one solve on a cluster: each worker holds the compiled futures that it has been dealt."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.cluster.connect import addresses
from optimizer.engine.oracles.futures import FutureLps, FutureReply, SupplyArrays
from optimizer.engine.oracles.workers import dealt
from optimizer.errors import SolverError

FloatArray = NDArray[np.float64]

_HELD: dict[str, FutureLps] = {}
"""In a worker: the futures that it holds, by the name of their part."""
_ONE_AT_A_TIME = threading.Lock()
TRIES = 5


class ClusterPool:
    """All futures, dealt out to the workers of a Dask cluster. A context manager: leaving it frees the workers.

    A worker that dies loses what it held; whoever is asked next compiles the part again and answers all earlier
    questions first, so that bases, and with them every later answer, are as if nothing had happened.
    """

    def __init__(self, client: Any, arrays: SupplyArrays, data: FloatArray) -> None:
        self._client, self._arrays, self._count = client, arrays, len(data)
        self._name = uuid.uuid4().hex
        self._asked: list[FloatArray] = []
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
            sent = {i: self._send(i, self._asked[-1:], supply) for i in left}
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

    def _send(self, i: int, questions: list[FloatArray], supply: bool) -> Any:
        return self._client.submit(
            _answered, f"{self._name} {i}", len(self._asked), questions, supply,
            workers=[self._places[i]], allow_other_workers=False, pure=False, retries=0,
        )  # fmt: skip

    def _settle(self, i: int) -> None:
        """Compile a part where it is not (yet, or no longer), with all earlier questions answered."""
        alive = addresses(self._client)
        if not alive:
            raise SolverError("the cluster has no workers left.")
        if self._places[i] not in alive:
            self._places[i] = alive[i % len(alive)]
        job = (self._arrays, *self._jobs[i])
        future = self._client.submit(
            _settled, f"{self._name} {i}", job, self._asked[:-1],
            workers=[self._places[i]], allow_other_workers=False, pure=False, retries=0,
        )  # fmt: skip
        self._answer(future)

    def _answer(self, future: Any) -> Any:
        """What a worker says; None if it holds no such part or is gone."""
        while True:
            try:
                return future.result(timeout=1.0)
            except TimeoutError:
                # A task for a worker that is gone waits for ever.
                wanted = {address for address in self._places if address not in addresses(self._client)}
                if wanted and future.status == "pending":
                    future.cancel()
                    return None
            except Exception as error:
                if isinstance(error, SolverError):
                    raise
                return None


def _settled(name: str, job: tuple[SupplyArrays, FloatArray, FloatArray], earlier: list[FloatArray]) -> bool:
    with _ONE_AT_A_TIME:
        futures = FutureLps(*job)
        for x in earlier:
            futures.ask(x)
        _HELD[name] = futures
    return True


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
