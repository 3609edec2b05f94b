"""Runs side by side: what differs in inputs, awards, money and security of supply, and what of it is a finding."""

from optimizer.comparison.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
