r"""Assembled models: the same components, put together for the award layer alone, or with every future.

The objective, in musd, is the cost of capital of the plants built, public outlay at the marginal cost of public funds,
the price of missed days of cover, the expected cost of supply, and the mean of its worst futures:

.. math:: \min \; \omega^{resource} \sum_{p,y} A_{py} b_{py} + \omega^{outlay} N + M + \sum_w \pi_w Z_w
   + \omega^{tail} \, \mathrm{CVaR}_\alpha[Z]

- :math:`\omega` weights of the objective; a perspective (society, treasury, security) is a set of them
- :math:`A_{py}` ``capex_annuities``: capital cost as annuities, and fixed cost, of the years within the horizon
- :math:`N` ``net_outlay``: expected present value of what all awards cost the public on balance
- :math:`M` ``cover_miss_cost``: price of missed days of cover
- :math:`Z_w` ``supply_cost`` of future w, of probability :math:`\pi_w`; :math:`\alpha` the share of futures outside the
  tail
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from models.award_numbers import AwardNumbers, Offer
from models.awards import add_awards
from models.budgets import add_budgets
from models.contracts import add_contracts
from models.risk import add_tail_mean
from models.sourcing import add_sourcing
from models.stockpile import add_stock, add_stock_plan
from models.supply_costs import add_supply_costs
from models.supply_numbers import FutureNumbers, SupplyStructure
from models.targets import add_targets
from models.viability import add_viability


@dataclass(frozen=True)
class AwardColumns:
    """The few columns in which the supply layer meets the awards."""

    build: Any
    volume: Any
    purchase_rate: Any
    start_years: dict[str, tuple[int, ...]]
    tranche_of: dict[tuple[str, int], int]
    purchase_offers: tuple[Offer, ...]


def award_model(numbers: AwardNumbers, *, tails_by_cuts: bool = False) -> Any:
    """The award layer: awards, contracts, viability, pots, stock plan; without an objective.

    ``tails_by_cuts`` leaves tails over price paths to cuts: the size then does not depend on the number of paths.
    """
    model = pyo.ConcreteModel(name="awards")
    add_awards(model, numbers)
    add_contracts(model, numbers)
    add_viability(model, numbers, by_cuts=tails_by_cuts)
    add_stock_plan(model, numbers)
    add_budgets(model, numbers, by_cuts=tails_by_cuts)
    return model


def award_columns(model: Any) -> AwardColumns:
    """Columns of an award model that the supply layer refers to."""
    numbers = model.numbers
    starts: dict[str, tuple[int, ...]] = {}
    for p, y in numbers.build_options:
        starts[p] = (*starts.get(p, ()), y)
    offers = tuple(o for o in numbers.contracts.offers if o[0] in numbers.contracts.purchase_into)
    return AwardColumns(model.build, model.volume, model.purchase_rate, starts, dict(numbers.stock.tranche_of), offers)


def add_future(block: Any, numbers: SupplyStructure, future: FutureNumbers, award: AwardColumns) -> None:
    """The supply layer of one future on ``block``."""
    block.numbers, block.future, block.award, block.limits = numbers, future, award, []
    add_stock(block)
    add_sourcing(block)
    add_targets(block)
    add_supply_costs(block)


def extensive_form(
    awards: AwardNumbers, structure: SupplyStructure, futures: tuple[FutureNumbers, ...], tail_alpha: float
) -> Any:
    """Awards and every future in one model, minimising the weighted objective (musd)."""
    model = award_model(awards)
    columns = award_columns(model)
    names = [future.name for future in futures]
    model.FUTURE = pyo.Set(initialize=names)
    model.future = pyo.Block(model.FUTURE)
    for future in futures:
        add_future(model.future[future.name], structure, future, columns)
    probability = {future.name: future.probability for future in futures}
    model.expected_supply_cost = pyo.Expression(
        expr=sum(probability[name] * model.future[name].supply_cost for name in names)
    )
    weights = awards.weights
    total = award_cost(model) + model.expected_supply_cost
    if weights["tail"] > 0.0:
        model.supply_tail = pyo.Block()
        costs = {name: model.future[name].supply_cost for name in names}
        add_tail_mean(model.supply_tail, costs, probability, tail_alpha)
        total += weights["tail"] * model.supply_tail.cvar
    model.total_cost = pyo.Objective(expr=total, sense=pyo.minimize)
    return model


SUPPLY_COST_BOUND = 1e8
"""Bound on the cost of supply in one future, musd, until cuts bound it."""


def master_form(awards: AwardNumbers, probability: dict[str, float], tail_alpha: float) -> Any:
    """Awards with one column per tail and one for the cost of supply in each future; all of them bounded by cuts."""
    model = award_model(awards, tails_by_cuts=True)
    model.FUTURE = pyo.Set(initialize=list(probability))
    model.supply_cost = pyo.Var(model.FUTURE, bounds=(-SUPPLY_COST_BOUND, SUPPLY_COST_BOUND))
    total = award_cost(model) + pyo.quicksum(p * model.supply_cost[w] for w, p in probability.items())
    if awards.weights["tail"] > 0.0:
        model.supply_tail = pyo.Block()
        add_tail_mean(model.supply_tail, dict(model.supply_cost.items()), probability, tail_alpha)
        total += awards.weights["tail"] * model.supply_tail.cvar
    model.total_cost = pyo.Objective(expr=total, sense=pyo.minimize)
    return model


def award_cost(model: Any) -> Any:
    """The part of the objective that the awards alone decide: capex, cost of public funds, missed days of cover."""
    weights = model.numbers.weights
    capex = weights["resource"] * model.capex_annuities
    return capex + weights["outlay"] * model.net_outlay + model.cover_miss_cost
