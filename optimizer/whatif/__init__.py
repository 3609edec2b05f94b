"""What-ifs: a case changed in stated ways makes a new case."""

from __future__ import annotations

from optimizer.whatif.overrides import apply, parse_assignment

__all__ = ["apply", "parse_assignment"]
