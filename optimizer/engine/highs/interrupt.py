"""Ctrl-C and progress while HiGHS runs."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import highspy

from optimizer.engine.progress import Listener, Progress, relative_gap


@contextmanager
def interruptible(solver: Any, stage: str, began: float, listener: Listener | None) -> Iterator[None]:
    """Let Ctrl-C stop HiGHS with its incumbent kept, and pass on progress.

    HiGHS ignores Python's signal while it runs. The handler sets a flag which HiGHS' own callbacks look at. Outside the
    main thread no handler can be set, and the solve runs to its limits.
    """
    stop = threading.Event()

    def on_interrupt(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    def on_mip(event: Any) -> None:
        on_interrupt(event)
        if listener is not None:
            data = event.data_out
            primal, dual = float(data.mip_primal_bound), float(data.mip_dual_bound)
            known = abs(primal) < highspy.kHighsInf and abs(dual) < highspy.kHighsInf
            listener(
                Progress(
                    stage,
                    primal if abs(primal) < highspy.kHighsInf else None,
                    dual if abs(dual) < highspy.kHighsInf else None,
                    relative_gap(primal, dual) if known else None,
                    time.monotonic() - began,
                )
            )

    solver.cbMipInterrupt += on_mip
    solver.cbSimplexInterrupt += on_interrupt
    solver.cbIpmInterrupt += on_interrupt
    in_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if in_main else None
    if in_main:
        signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield
    finally:
        if in_main:
            signal.signal(signal.SIGINT, before)
        solver.cbMipInterrupt -= on_mip
        solver.cbSimplexInterrupt -= on_interrupt
        solver.cbIpmInterrupt -= on_interrupt
