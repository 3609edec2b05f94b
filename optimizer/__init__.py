"""Choose price floors, offtakes, stakes and stockpiles within fixed pots, under uncertain prices and embargoes.

>>> from optimizer import read_case, solve
>>> solution = solve(read_case("mp-materials"), paths=32, futures=3)
>>> solution.termination
'gap_reached'

``help(optimizer.solve)``, and likewise of every name here, says what goes in and what comes out.

A case
    ``bundled_cases`` that come with it, ``copy_bundled`` to change one, ``write_template`` for one of your own,
    ``read_case`` to read and check one (a ``Case``); ``case.set(PATH, VALUE)`` makes another with one value changed,
    ``whatif.apply`` with many, ``Settings`` are its settings.
A plan
    ``solve`` (a ``Solution``), ``LiveCase`` for many what-ifs in a row, ``read_run`` for one written before,
    ``verify`` and ``verify_run`` to work one out again (a ``Certificate``), ``compare`` runs (a ``Comparison``),
    ``explain`` why there is none, or why it leaves something out (an ``Explanation``).
What holds up a plan (each an ``analysis.Analysis``)
    ``breakeven`` strikes, ``shadow_prices`` of limits, ``frontier`` between two measures, near-optimal
    ``alternatives``, ``sensitivity`` to stated ranges, ``stress`` in fresh futures, ``regret`` over states,
    ``information_value``, ``additionality`` of support, ``instruments`` side by side.
To show and to send on
    ``write_report`` (one HTML file), ``figures`` (Plotly), ``solution.write`` (a folder), ``solution.write_workbook``
    (Excel). A ``Solution``, a ``Case`` and the answers above show themselves in a notebook.
Signed contracts
    ``settle`` against published prices (a ``settlement.Statement``).
Many runs
    ``batch.run_batch`` and ``batch.collect``.
Errors
    ``OptimizerError`` and those below it (``errors``); ``CaseError`` lists every ``Fault``.

Money is in million USD (musd) of the case's price year, real; mass in t; prices in USD/kg.
"""

from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any

from optimizer.display import readable
from optimizer.origin import program_version, require_own_packages

require_own_packages()

if TYPE_CHECKING:
    from optimizer.analysis import (
        additionality,
        alternatives,
        breakeven,
        frontier,
        information_value,
        instruments,
        regret,
        sensitivity,
        shadow_prices,
        stress,
    )
    from optimizer.api import solve
    from optimizer.comparison import Comparison, compare
    from optimizer.data import Case, bundled_cases, copy_bundled, read_case, write_template
    from optimizer.errors import (
        CaseError,
        Fault,
        ModelError,
        NoPlanError,
        OptimizerError,
        OutputError,
        ReconciliationError,
        SettingError,
        SolverError,
        VerificationError,
    )
    from optimizer.explanation import Explanation, explain
    from optimizer.live import LiveCase
    from optimizer.report.html import write_report
    from optimizer.results import Solution
    from optimizer.results.reading import read_run
    from optimizer.settings import Settings
    from optimizer.settlement import settle
    from optimizer.verification import Certificate, verify, verify_run

_HOME = {
    "Case": "optimizer.data",
    "CaseError": "optimizer.errors",
    "Certificate": "optimizer.verification",
    "Comparison": "optimizer.comparison",
    "Explanation": "optimizer.explanation",
    "Fault": "optimizer.errors",
    "LiveCase": "optimizer.live",
    "ModelError": "optimizer.errors",
    "NoPlanError": "optimizer.errors",
    "OptimizerError": "optimizer.errors",
    "OutputError": "optimizer.errors",
    "ReconciliationError": "optimizer.errors",
    "SettingError": "optimizer.errors",
    "Settings": "optimizer.settings",
    "Solution": "optimizer.results",
    "SolverError": "optimizer.errors",
    "VerificationError": "optimizer.errors",
    "additionality": "optimizer.analysis",
    "alternatives": "optimizer.analysis",
    "breakeven": "optimizer.analysis",
    "bundled_cases": "optimizer.data",
    "compare": "optimizer.comparison",
    "copy_bundled": "optimizer.data",
    "explain": "optimizer.explanation",
    "frontier": "optimizer.analysis",
    "information_value": "optimizer.analysis",
    "instruments": "optimizer.analysis",
    "read_case": "optimizer.data",
    "read_run": "optimizer.results.reading",
    "regret": "optimizer.analysis",
    "sensitivity": "optimizer.analysis",
    "settle": "optimizer.settlement",
    "shadow_prices": "optimizer.analysis",
    "solve": "optimizer.api",
    "stress": "optimizer.analysis",
    "verify": "optimizer.verification",
    "verify_run": "optimizer.verification",
    "write_report": "optimizer.report.html",
    "write_template": "optimizer.data",
}
"""Public name → module. Loaded when first asked for: the processes that solve futures need few of them."""

__all__ = [
    "Case",
    "CaseError",
    "Certificate",
    "Comparison",
    "Explanation",
    "Fault",
    "LiveCase",
    "ModelError",
    "NoPlanError",
    "OptimizerError",
    "OutputError",
    "ReconciliationError",
    "SettingError",
    "Settings",
    "Solution",
    "SolverError",
    "VerificationError",
    "additionality",
    "alternatives",
    "breakeven",
    "bundled_cases",
    "compare",
    "copy_bundled",
    "explain",
    "frontier",
    "information_value",
    "instruments",
    "read_case",
    "read_run",
    "regret",
    "sensitivity",
    "settle",
    "shadow_prices",
    "solve",
    "stress",
    "verify",
    "verify_run",
    "write_report",
    "write_template",
]


_PARTS = ("analysis", "batch", "data", "errors", "figures", "results", "settlement", "whatif")
"""Packages within that are reached as attributes."""


def __getattr__(name: str) -> Any:
    if name in _PARTS:
        return import_module(f"optimizer.{name}")
    if name == "__version__":
        return program_version()
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer' has no attribute '{name}'")
    found = getattr(import_module(_HOME[name]), name)
    return readable(found) if isinstance(found, FunctionType) else found


def __dir__() -> list[str]:
    return sorted({*__all__, *_PARTS, "__version__"})
