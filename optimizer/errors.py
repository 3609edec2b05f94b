"""The error tree. Each error is also a builtin, so that callers who do not know ours can still catch it.

OptimizerError
├── CaseError (ValueError)        something in the inputs is wrong; carries every fault found
├── SettingError (ValueError)     an option, override or setting is wrong
├── ModelError (ArithmeticError)  numbers not fit to be solved (not finite, out of range)
├── SolverError (RuntimeError)    the solver failed or answered something that does not hold
│   └── NoPlanError               stopped, or infeasible, without a plan
├── ReconciliationError (ArithmeticError)   a breakdown does not sum to its total
├── VerificationError (ArithmeticError)     a plan does not hold when it is worked out again; carries the certificate
└── OutputError (OSError)         results cannot be written
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.display import Public


class OptimizerError(Exception, metaclass=Public):
    """Root of all errors raised on purpose. ``exit_code`` is the command line's exit code for it."""

    exit_code = 70


@dataclass(frozen=True)
class Fault(metaclass=Public):
    """One thing wrong with the inputs.

    ``table`` and ``column`` say where it is, ``value`` what stands there, ``problem`` what is wrong with it and
    ``remedy`` what is allowed. ``row`` is the line number in the file (the header is line 1); 0 means the table as a
    whole. ``check`` is the
    name of the check that found it. Faults of severity ``warning`` do not stop a run. ``place`` is where the fault is
    if not in a file of its table, e.g. ``plants!F7`` in a workbook.
    """

    table: str
    row: int
    column: str
    value: str
    problem: str
    remedy: str
    check: str
    severity: str = "error"
    place: str = ""

    def __str__(self) -> str:
        """``plants.csv row 7, capex_musd: 'x' is not a number. Give a number of at least 0.``"""
        is_table = not self.table.endswith(".toml") and " " not in self.table
        where = f"{self.table}.csv" if is_table else self.table
        if self.row:
            where += f" row {self.row}"
        where = self.place or where
        if self.column:
            where += f", {self.column}"
        found = f"'{self.value}' " if self.value else ""
        return f"{where}: {found}{self.problem}. {self.remedy}".rstrip()


class CaseError(OptimizerError, ValueError):
    """The inputs are faulty. ``faults`` lists everything found; the message shows the first fifty."""

    exit_code = 2
    shown = 50

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(f) for f in self.faults[: self.shown]]
        if len(self.faults) > self.shown:
            lines.append(f"… and {len(self.faults) - self.shown} more.")
        super().__init__(f"{len(self.faults)} fault(s) in the inputs:\n" + "\n".join(lines))


class SettingError(OptimizerError, ValueError):
    """An option, override or setting is wrong."""

    exit_code = 2


class ModelError(OptimizerError, ArithmeticError):
    """Numbers are not fit to be solved: not finite, or out of range."""

    exit_code = 2


class SolverError(OptimizerError, RuntimeError):
    """The solver failed, or its answer does not hold."""

    exit_code = 70


class NoPlanError(SolverError):
    """There is no plan: proven ``infeasible`` (exit 4), or stopped before one was found (exit 5); see ``message``."""

    def __init__(self, message: str, *, infeasible: bool) -> None:
        self.infeasible = infeasible
        self.exit_code = 4 if infeasible else 5
        super().__init__(message)


class ReconciliationError(OptimizerError, ArithmeticError):
    """A breakdown does not sum to its total."""

    exit_code = 6


class VerificationError(OptimizerError, ArithmeticError):
    """A plan does not hold when it is worked out again. ``certificate`` has every check, ``message`` the worst."""

    exit_code = 6

    def __init__(self, message: str, certificate: object) -> None:
        self.certificate = certificate
        super().__init__(message)


class OutputError(OptimizerError, OSError):
    """Results cannot be written."""

    exit_code = 74
