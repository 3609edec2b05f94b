"""Processes that answer questions of an analysis beside this one."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def started(workers: int, open_up: Callable[..., None], job: tuple[Any, ...]) -> ProcessPoolExecutor:
    """Processes, each of which begins with ``open_up(*job)``. Let them go with :func:`dismiss`."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin, initargs=(open_up, job))


def dismiss(pool: ProcessPoolExecutor) -> None:
    """Let the processes go, without waiting for what they do."""
    # Before Python 3.14 a pool has no public way to end what its processes are at.
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _begin(open_up: Callable[..., None], job: tuple[Any, ...]) -> None:
    # Ctrl-C reaches every process of the terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    open_up(*job)
