"""Alternatives: plans that cost little more than the best one and differ from it as much as they can."""

from optimizer.analysis.near_optimal.alternatives import alternatives

__all__ = ["alternatives"]
