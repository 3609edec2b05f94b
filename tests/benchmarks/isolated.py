"""A measurement in a process of its own, so that its memory is its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.benchmarks.supply.run import peak_mb


def _run(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    return {**function(*arguments), "peak_mb": peak_mb()}


def isolated(function: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """What ``function`` returns, with ``peak_mb``, run in a spawned process."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(_run, function, *arguments).result()
