"""Results: a Solution and its tidy tables.

awards, programmes, outlays, stockpile, candidates, offers, private_entry: what is decided and what it costs the public.
prices, yearly_outlays: how prices, and what each pot pays in a year, spread over the price paths.
supply, shortfall, comparison, breakdown: what it buys, with and without the plan.
production, purchases, flows, stock_levels, futures, exposure: the detail of every future.
financing, cover, unmet, scrap, production_steps, below_minimum, offtake, target_misses, unused, supply_costs: the rest
of what totals are made of, so that each can be worked out again; without_plan: the same detail without any new award.
"""

from optimizer.results.assemble import build_solution
from optimizer.results.solution import Solution

__all__ = ["Solution", "build_solution"]
