"""Why there is no plan and what would make one possible; why a plan leaves out what it leaves out."""

from optimizer.explanation.conflict import Conflict
from optimizer.explanation.explanation import Explanation, explain, first_conflict, sanity_findings
from optimizer.explanation.sanity import SanityFinding

__all__ = ["Conflict", "Explanation", "SanityFinding", "explain", "first_conflict", "sanity_findings"]
