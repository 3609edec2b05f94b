"""Choose price floors, offtakes, stakes and stockpiles within fixed pots, under uncertain prices and embargoes.

>>> from optimizer import read_case, solve
>>> solution = solve(read_case("mp-materials"), paths=32, futures=3)
>>> solution.termination
'gap_reached'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.origin import require_own_packages

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


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
