"""Keeps what a tool prints, logs and warns of out of the way of results."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Standard output goes nowhere, also that of C++ (HiGHS announces itself), and so do warnings and logs of them."""
    sys.stdout.flush()
    kept, level = os.dup(1), logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            contextlib.redirect_stdout(nowhere),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        logging.disable(level)
        os.dup2(kept, 1)
        os.close(kept)
