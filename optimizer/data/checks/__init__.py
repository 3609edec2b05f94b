"""Checks across rows and tables, each with a name, a severity and one sentence."""

from __future__ import annotations

from optimizer.data.checks import (  # noqa: F401 — importing a module declares its checks
    chain,
    contracts,
    evidence,
    plants,
    prices,
    programmes,
    stockpiles,
    support,
    targets,
    trade,
    units,
)
from optimizer.data.checks.registry import CHECKS, Check, run_checks
from optimizer.data.rules import RULES


def catalogue() -> list[tuple[str, str, str]]:
    """(name, severity, sentence) of every rule of reading and every check, for the documentation.

    >>> ("bounds", "error", "Numbers lie between the column's minimum and maximum.") in catalogue()
    True
    """
    reading = [(name, "error", sentence) for name, sentence in RULES.items()]
    return reading + [(one.name, one.severity, one.sentence) for one in CHECKS.values()]


__all__ = ["CHECKS", "Check", "catalogue", "run_checks"]
