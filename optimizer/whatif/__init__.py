"""What-ifs: a case changed in stated ways makes a new case."""

from __future__ import annotations

from optimizer.whatif.changes import Touched, apply, preview
from optimizer.whatif.grammar import Change, parse_change

__all__ = ["Change", "Touched", "apply", "parse_change", "preview"]
