r"""Stockpiles: bought here and now on an announced plan, released in a disruption.

- :math:`H_{ht}` ``level`` at the end of the year, :math:`\bar H_h` capacity, kt
- :math:`H^{plan}_{ht} = (1-\lambda_h) H^{plan}_{h,t-1} + P_{ht}` ``planned_stock``: the level if all that is planned is
  bought and nothing is released
- :math:`\lambda_h` share lost a year; :math:`\phi_h` share of last year's stock that may be released in a year
- :math:`T_{nht}` stock that target n asks for: days of cover / 365 × demand; :math:`\mu_{nht}` ``cover_missed``
- :math:`X_{ht}` ``release``, :math:`N_{ht}` ``unbought``: tonnes to be bought that cannot be found, kt/yr
- :math:`o_{cykt}` ``offtake`` under a purchase contract, :math:`U_{cykt}` ``shortfall``, kt/yr
- :math:`\rho_{cyt}` share of the contract's tonnage that the plant can deliver in this future; :math:`\theta_c` the
  take-or-pay share
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from models.award_numbers import AwardNumbers
from models.limits import is_nothing, set_upper


def add_stock_plan(model: Any, numbers: AwardNumbers) -> None:
    """Yearly purchase rates per tranche, and days of cover of the planned stock."""
    stock = numbers.stock
    model.TRANCHE = pyo.Set(initialize=stock.tranches, dimen=2)
    model.purchase_rate = pyo.Var(model.TRANCHE, bounds=lambda _, m, first: (0.0, stock.rate_limit[m]))
    model.STOCKPILE = pyo.Set(initialize=list(stock.opening))
    planned = [(m, t) for m in stock.opening for t in numbers.years]
    model.PLANNED_STOCK = pyo.Set(initialize=planned, dimen=2)
    model.planned_stock = pyo.Expression(model.PLANNED_STOCK, rule=_planned_stock)
    limited = [(m, t) for m, t in planned if stock.capacity[m] is not None]
    model.LIMITED_STOCK = pyo.Set(initialize=limited, dimen=2)
    model.planned_stock_within_capacity = pyo.Constraint(model.LIMITED_STOCK, rule=planned_stock_within_capacity)
    model.COVER_TARGET = pyo.Set(initialize=list(stock.cover_target), dimen=3)
    model.cover_missed = pyo.Var(model.COVER_TARGET, bounds=lambda _, n, m, t: _cover_miss_bounds(stock, n, m, t))
    model.days_of_cover = pyo.Constraint(model.COVER_TARGET, rule=days_of_cover)
    discount = dict(zip(numbers.outlay_years, numbers.discount.tolist(), strict=True))
    model.cover_miss_cost = pyo.Expression(
        expr=sum(
            discount[t] * (stock.cover_miss_price[n] or 0.0) * model.cover_missed[n, m, t]
            for n, m, t in model.COVER_TARGET
        )
    )


def _cover_miss_bounds(stock: Any, name: str, m: str, t: int) -> tuple[float, float]:
    return (0.0, 0.0 if stock.cover_miss_price[name] is None else stock.cover_target[name, m, t])


def _planned_stock(model: Any, m: str, t: int) -> Any:
    stock = model.numbers.stock
    first = model.numbers.years[0]
    keep = 1.0 - stock.loss[m]
    level: Any = stock.opening[m] * keep ** (t - first + 1)
    for year in range(first, t + 1):
        tranche = stock.tranche_of.get((m, year))
        if tranche is not None:
            level = level + keep ** (t - year) * model.purchase_rate[m, tranche]
    return level


def planned_stock_within_capacity(model: Any, m: str, t: int) -> Any:
    r"""The planned stock fits the store. [kt]

    .. math:: H^{plan}_{ht} \le \bar H_h
    """
    body = model.planned_stock[m, t]
    if not body.expr.is_potentially_variable():
        return pyo.Constraint.Skip
    return body <= model.numbers.stock.capacity[m]


def days_of_cover(model: Any, name: str, m: str, t: int) -> Any:
    r"""The planned stock covers the stated days of demand, or the miss is paid for. [kt]

    .. math:: H^{plan}_{ht} + \mu_{nht} \ge T_{nht}
    """
    return model.planned_stock[m, t] + model.cover_missed[name, m, t] >= model.numbers.stock.cover_target[name, m, t]


def add_stock(block: Any) -> None:
    """Stock in one future: level, release, and purchases that happen only where no disruption is in force."""
    numbers, future = block.numbers, block.future
    held = [(m, t) for m in numbers.stock_node for t in numbers.years]
    block.STOCK_YEAR = pyo.Set(initialize=held, dimen=2)
    block.level = pyo.Var(block.STOCK_YEAR, bounds=lambda _, m, t: (0.0, numbers.stock_capacity[m]))
    block.release = pyo.Var(block.STOCK_YEAR, bounds=lambda _, m, t: (0.0, numbers.stock_capacity[m]))
    for m, t in held:
        set_upper(block, block.release[m, t], numbers.stock_capacity[m] * future.release_allowed[m, t])
    block.unbought = pyo.Var(block.STOCK_YEAR, bounds=lambda _, m, t: (0.0, numbers.volume_bound))
    block.unbought_within_purchase = pyo.Constraint(block.STOCK_YEAR, rule=unbought_within_purchase)
    promises = [(*o, t) for o in block.award.purchase_offers for t in numbers.years]
    block.PROMISE = pyo.Set(initialize=promises, dimen=4)
    block.offtake = pyo.Var(block.PROMISE, bounds=(0.0, numbers.volume_bound))
    block.shortfall = pyo.Var(block.PROMISE, bounds=(0.0, numbers.volume_bound))
    block.stock_balance = pyo.Constraint(block.STOCK_YEAR, rule=stock_balance)
    block.release_limit = pyo.Constraint(block.STOCK_YEAR, rule=release_limit)
    block.offtake_within_promise = pyo.Constraint(block.PROMISE, rule=offtake_within_promise)
    block.take_or_pay = pyo.Constraint(block.PROMISE, rule=take_or_pay)


def purchased(block: Any, m: str, t: int) -> Any:
    """Stock bought in one future and year, kt: the announced rate, or nothing while a disruption is in force."""
    tranche = block.award.tranche_of.get((m, t))
    allowed = block.future.purchase_allowed[m, t]
    if tranche is None or is_nothing(allowed):
        return 0.0
    rate = block.award.purchase_rate[m, tranche]
    return rate if allowed is True else allowed * rate


def taken_into(block: Any, m: str, t: int) -> Any:
    """Tonnes taken into a stockpile under purchase contracts, kt/yr."""
    into = block.numbers.purchase_into
    return pyo.quicksum(block.offtake[(*o, t)] for o in block.award.purchase_offers if into[o[0]] == m)


def promised(block: Any, c: str, y: int, k: float, t: int) -> Any:
    """Tonnes promised for delivery under a purchase contract in a year of this future, kt/yr."""
    return block.future.contract_delivery.get((c, y, t), 0.0) * block.award.volume[c, y, k]


def payment_not_due(block: Any) -> Any:
    """Present value of strike payments that fall away because tonnes were neither taken nor due, musd."""
    numbers = block.numbers
    return pyo.quicksum(
        numbers.strike_worth[c, t]
        * k
        * (promised(block, c, y, k, t) - block.offtake[c, y, k, t] - block.shortfall[c, y, k, t])
        for c, y, k, t in block.PROMISE
    )


def stock_balance(block: Any, m: str, t: int) -> Any:
    r"""Stock is last year's stock less losses, plus what is bought and taken in, less what is released. [kt]

    .. math:: H_{ht} = (1-\lambda_h) H_{h,t-1} + P_{ht} - N_{ht} + \sum_{c,y,k} o_{cykt} - X_{ht}
    """
    numbers = block.numbers
    before = block.level[m, t - 1] if t > numbers.years[0] else numbers.stock_opening[m]
    kept = (1.0 - numbers.stock_loss[m]) * before
    bought = purchased(block, m, t) - block.unbought[m, t]
    return block.level[m, t] == kept + bought + taken_into(block, m, t) - block.release[m, t]


def unbought_within_purchase(block: Any, m: str, t: int) -> Any:
    r"""Tonnes that cannot be found to buy are at most those that were to be bought. [kt/yr]

    .. math:: N_{ht} \le P_{ht}
    """
    return block.unbought[m, t] <= purchased(block, m, t)


def release_limit(block: Any, m: str, t: int) -> Any:
    r"""At most the stated share of the stock at the start of the year is released in it. [kt]

    .. math:: X_{ht} \le \phi_h H_{h,t-1}
    """
    numbers = block.numbers
    before = block.level[m, t - 1] if t > numbers.years[0] else numbers.stock_opening[m]
    return block.release[m, t] <= numbers.stock_release_share[m] * before


def offtake_within_promise(block: Any, c: str, y: int, k: float, t: int) -> Any:
    r"""No more is taken under a contract than was promised. [kt/yr]

    .. math:: o_{cykt} \le \rho_{cyt} v_{cyk}
    """
    return block.offtake[c, y, k, t] <= promised(block, c, y, k, t)


def take_or_pay(block: Any, c: str, y: int, k: float, t: int) -> Any:
    r"""What is not taken of the promised share is a shortfall, paid for all the same. [kt/yr]

    .. math:: o_{cykt} + U_{cykt} \ge \theta_c \rho_{cyt} v_{cyk}
    """
    share = block.numbers.take_or_pay_share[c]
    return block.offtake[c, y, k, t] + block.shortfall[c, y, k, t] >= share * promised(block, c, y, k, t)
