"""What was checked and how far off the worst of it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.display import Public, bullets, details, page, paragraph, table

FloatArray = NDArray[np.float64]
Where = Callable[[tuple[int, ...]], str]
"""From the position of an item to words that say which one it is."""

TOLERANCE = 1e-6
"""Largest violation, relative to the larger of the terms compared and the smallest size that counts."""

SMALLEST_SIZE = {"t": 1000.0, "t/yr": 1000.0, "musd": 1.0, "musd/yr": 1.0, "USD/kg": 1.0, "share": 1.0, "": 1.0}
"""Unit → the size below which a term counts as of this size: solvers hold rows to an absolute 1e-7 of 1 kt or 1 musd.

With the tolerance that is 1 kg, 1 USD or a millionth.
"""


SHOWN = 3
"""Failed checks named in one message."""


@dataclass(frozen=True)
class Check(metaclass=Public):
    """One kind of condition, ``name``, over all ``items`` it applies to.

    ``worst`` is the largest violation in ``unit``, ``relative`` the largest in relation to the size of its terms (0:
    none), ``where`` the item it was found at, ``passed`` whether ``relative`` is within ``tolerance``.
    """

    name: str
    unit: str
    items: int
    worst: float
    relative: float
    tolerance: float
    where: str
    passed: bool


@dataclass(frozen=True, repr=False)
class Certificate(metaclass=Public):
    """All checks of one plan. ``bound`` says how the lower bound is known; ``notes`` what was not checked, and why."""

    checks: tuple[Check, ...]
    bound: str
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    @property
    def items(self) -> int:
        """Number of conditions and numbers checked."""
        return sum(check.items for check in self.checks)

    @property
    def worst(self) -> Check | None:
        """The check with the largest violation in relation to its tolerance; None if nothing was checked."""
        return max(self.checks, key=lambda check: check.relative / check.tolerance, default=None)

    @property
    def line(self) -> str:
        """The certificate in one line."""
        word = "verified" if self.passed else f"NOT VERIFIED, {len(self.failures)} of the checks failed"
        text = f"{word}: {len(self.checks)} checks, {self.items:,} numbers"
        worst = self.worst
        if worst is not None and worst.relative > 0.0:
            text += f", worst violation {worst.relative:.1e} of its size ({worst.name}: {amount(worst)})"
        return text

    @property
    def refusal(self) -> str:
        """Why the plan is not reported: the checks it fails, worst first."""
        failed = sorted(self.failures, key=lambda check: -check.relative)
        shown = "; ".join(f"{check.name}: {amount(check)}" for check in failed[:SHOWN])
        more = f"; and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
        return (
            f"the plan does not hold when it is worked out again: {len(failed)} of {len(self.checks)} checks fail "
            f"({shown}{more}). It is not reported as a plan. Try another seed or method; if that fails too, report it."
        )

    def to_json(self) -> dict[str, Any]:
        """The certificate as plain numbers, strings, lists and dicts; a violation that is no number is None."""
        return {
            "passed": self.passed,
            "items": self.items,
            "bound": self.bound,
            "notes": list(self.notes),
            "checks": [
                {
                    **{key: value for key, value in vars(check).items()},
                    "worst": check.worst if math.isfinite(check.worst) else None,
                    "relative": check.relative if math.isfinite(check.relative) else None,
                }
                for check in self.checks
            ],
        }

    def __repr__(self) -> str:
        """The certificate in one line."""
        return f"<Certificate: {self.line}>"

    def _repr_html_(self) -> str:
        columns = ("check", "numbers", "worst_violation", "of_its_size", "passed")
        rows = [
            (
                check.name,
                check.items,
                amount(check) if check.relative > 0.0 else "none",
                f"{check.relative:.0e}" if check.relative > 0.0 else "",
                "yes" if check.passed else "NO",
            )
            for check in sorted(self.checks, key=lambda check: check.passed)
        ]
        lines = table(columns, rows, most=len(rows))
        return page(
            "The plan holds when it is worked out again" if self.passed else "The plan does NOT hold",
            paragraph(self.line),
            bullets([f"The lower bound is {self.bound}." if self.bound else "", *self.notes]),
            details(f"{len(self.checks)} checks", lines, opened=not self.passed),
        )


def amount(check: Check) -> str:
    """The worst violation of a check with its unit and place.

    >>> amount(Check("stock", "t", 3, 0.25, 2e-4, 1e-6, "calm, 2030", False))
    '0.25 t at calm, 2030'
    """
    unit = f" {check.unit}" if check.unit else ""
    return f"{check.worst:.3g}{unit}" + (f" at {check.where}" if check.where else "")


@dataclass
class _Tally:
    unit: str
    tolerance: float
    items: int = 0
    worst: float = 0.0
    relative: float = 0.0
    where: str = ""


@dataclass
class Book:
    """Collects violations by check name. Arrays of one call are checked together; calls of one name add up.

    >>> book = Book()
    >>> book.equal("demand", "t", [100.0, 200.0], [100.0, 230.0], lambda at: f"year {2026 + at[0]}")
    >>> check = book.certificate("").checks[0]
    >>> check.items, check.worst, check.where, check.passed
    (2, 30.0, 'year 2027', False)
    """

    notes: list[str] = field(default_factory=list)
    _tallies: dict[str, _Tally] = field(default_factory=dict)

    def equal(
        self,
        name: str,
        unit: str,
        found: ArrayLike,
        expected: ArrayLike,
        where: Where | str = "",
        size: ArrayLike = 0.0,
        tolerance: float = TOLERANCE,
    ) -> None:
        """``found`` is ``expected``; ``size`` is that of the terms they are made of, where larger than themselves."""
        a, b = np.asarray(found, float), np.asarray(expected, float)
        scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), size)
        self._add(name, unit, np.abs(a - b), scale, where, tolerance)

    def at_most(
        self,
        name: str,
        unit: str,
        found: ArrayLike,
        limit: ArrayLike,
        where: Where | str = "",
        size: ArrayLike = 0.0,
        tolerance: float = TOLERANCE,
    ) -> None:
        """``found`` is at most ``limit``; ``size`` as in :meth:`equal`."""
        a, b = np.asarray(found, float), np.asarray(limit, float)
        scale = np.maximum(np.maximum(np.abs(a), np.where(np.isfinite(b), np.abs(b), 0.0)), size)
        with np.errstate(invalid="ignore"):
            over = np.where(b == np.inf, np.where(np.isnan(a), np.nan, 0.0), np.maximum(a - b, 0.0))
        self._add(name, unit, over, scale, where, tolerance)

    def holds(self, name: str, facts: ArrayLike, where: Where | str = "") -> None:
        """Every one of ``facts`` is true."""
        wrong = 1.0 - np.asarray(facts, float)
        self._add(name, "", wrong, np.ones_like(wrong), where, TOLERANCE)

    def _add(
        self, name: str, unit: str, violation: FloatArray, scale: FloatArray, where: Where | str, tolerance: float
    ) -> None:
        tally = self._tallies.setdefault(name, _Tally(unit, tolerance))
        if violation.size == 0:
            return
        tally.items += violation.size
        relative = violation / np.maximum(scale, SMALLEST_SIZE[unit])
        # A violation that is no number is as bad as any: it must not compare as small.
        relative = np.where(np.isnan(relative), np.inf, relative)
        position = int(np.argmax(relative))
        worst = float(relative.reshape(-1)[position])
        if worst > tally.relative:
            at = tuple(int(i) for i in np.unravel_index(position, relative.shape))
            found = float(violation.reshape(-1)[position])
            tally.relative, tally.worst = worst, found if math.isfinite(found) else math.inf
            tally.where = where if isinstance(where, str) else where(at)

    def certificate(self, bound: str) -> Certificate:
        """All checks so far."""
        checks = tuple(
            Check(name, t.unit, t.items, t.worst, t.relative, t.tolerance, t.where, t.relative <= t.tolerance)
            for name, t in self._tallies.items()
        )
        return Certificate(checks, bound, tuple(self.notes))
