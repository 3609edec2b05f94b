"""A connection to a Dask scheduler, and what is asked of it before any work is given out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from optimizer.errors import SettingError

WAITED_S = 20.0
"""Seconds to wait for the scheduler, and then for a first worker."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at ``address``, e.g. ``tcp://10.0.0.5:8786``, with at least one worker of our version.

    Raises SettingError if Dask is not installed, nobody answers, no worker comes, or workers have another version.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise SettingError("--cluster needs Dask: pip install 'allied-offtake-optimizer[cluster]'.") from error
    try:
        client = distributed.Client(address, timeout=WAITED_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise SettingError(f"{address}: no Dask scheduler answers there ({error}).") from error
    try:
        _require_workers(client, address)
        yield client
    finally:
        client.close()


def _require_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAITED_S)
    except TimeoutError as error:
        raise SettingError(f"{address}: the scheduler has no workers. Start some: dask worker {address}.") from error
    ours = _code()
    for worker, theirs in client.run(_code).items():
        if theirs != ours:
            raise SettingError(f"{worker}: runs other code of this program than this machine. Install the same there.")


def _code() -> str:
    """Fingerprint of the code of this program, as it is on this machine."""
    from optimizer.origin import source_fingerprint

    return source_fingerprint()


def addresses(client: Any) -> list[str]:
    """Addresses of the workers, sorted, so that work is dealt the same way each time."""
    return sorted(client.scheduler_info(n_workers=-1)["workers"])
