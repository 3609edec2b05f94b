"""Choose price floors, offtakes, stakes and stockpiles within fixed pots, under uncertain prices and embargoes.

>>> from optimizer import read_case, solve
>>> solution = solve(read_case("mp-materials"), paths=32, futures=3)
>>> solution.termination
'gap_reached'
"""

from optimizer.origin import require_own_packages

require_own_packages()

from optimizer.api import solve  # noqa: E402
from optimizer.comparison import Comparison, compare  # noqa: E402
from optimizer.data import Case, bundled_cases, copy_bundled, read_case, write_template  # noqa: E402
from optimizer.errors import (  # noqa: E402
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
from optimizer.explanation import Explanation, explain  # noqa: E402
from optimizer.live import LiveCase  # noqa: E402
from optimizer.results import Solution  # noqa: E402
from optimizer.settings import Settings  # noqa: E402
from optimizer.settlement import settle  # noqa: E402
from optimizer.verify import Certificate, verify, verify_run  # noqa: E402

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
    "bundled_cases",
    "compare",
    "copy_bundled",
    "explain",
    "read_case",
    "settle",
    "solve",
    "verify",
    "verify_run",
    "write_template",
]
