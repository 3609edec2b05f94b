"""Results: a Solution and its tidy tables.

awards, programmes, outlays, stockpile, candidates, offers, private_entry: what is decided and what it costs the public.
supply, shortfall, comparison, breakdown: what it buys, with and without the plan.
production, purchases, flows, stock_levels, futures, exposure: the detail of every future.
"""

from optimizer.results.assemble import build_solution
from optimizer.results.solution import Solution

__all__ = ["Solution", "build_solution"]
