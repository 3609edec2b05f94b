r"""What supply costs in one future, term by term. The breakdown of every total starts here.

.. math:: Z_w = \omega^{resource} \, \text{resource}_w + \omega^{shortage} \, \text{shortage}_w
   + \omega^{tariff} \, \text{tariffs}_w - \omega^{outlay} \, \text{payments not due}_w + \text{target misses}_w

Every term is a present value at the social rate, in musd. Resource cost is operation, running below the minimum,
imports, freight, collection of scrap and holding of stock, less the value of stock left at the end. Shortage adds to
the loss from unmet demand the cost of stock that was to be bought and is not to be found. Tariffs are a transfer, and
steer sourcing only as far as they carry a weight. Payments not due are those of purchase contracts whose tonnes were
neither taken nor due. Misses of targets stand at their own price.

- :math:`Z_w` ``supply_cost`` of future w; :math:`\omega` the weights of the objective
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from models.risk import weighted_sum
from models.stockpile import payment_not_due
from models.targets import applies

RESOURCE_TERMS = ("operation", "below_minimum", "imports", "freight", "collection", "holding", "stock_left")


def add_supply_costs(block: Any) -> None:
    """Present-value expressions of each cost term, and their weighted sum ``supply_cost`` (musd)."""
    weights = block.numbers.weights
    for name, expression in _terms(block).items():
        setattr(block, f"cost_{name}", pyo.Expression(expr=expression))
    resource = sum(getattr(block, f"cost_{name}") for name in RESOURCE_TERMS)
    block.supply_cost = pyo.Expression(
        expr=weights["resource"] * resource
        + weights["shortage"] * (block.cost_shortage + block.cost_stock_not_found)
        + weights["tariff"] * block.cost_tariffs
        + weights["outlay"] * block.cost_payment_not_due
        + block.cost_target_misses
    )


def _terms(block: Any) -> dict[str, Any]:
    numbers, future = block.numbers, block.future
    df = numbers.discount
    last = numbers.years[-1]

    def total(pairs: list[tuple[float, Any]]) -> Any:
        return weighted_sum([a for a, _ in pairs], [x for _, x in pairs])

    misses = [
        (df[t] * limit.miss_price * applies(block, limit), block.share_missed[n, t])
        for n, limit in numbers.share_limits.items()
        if limit.miss_price
        for t in limit.years
    ]
    misses += [
        (df[t] * level.miss_price * applies(block, level), block.service_missed[n, t])
        for n, level in numbers.service_levels.items()
        if level.miss_price
        for t in level.years
    ]
    return {
        "operation": sum(numbers.fixed_operation.values())
        + total([(df[t] * numbers.cost_steps[p][j][1], block.produce_step[p, j, t]) for p, j, t in block.STEP]),
        "below_minimum": total(
            [(df[t] * numbers.below_minimum_cost[p], block.below_minimum[p, t]) for p, t in block.MIN_RUN]
        ),
        "imports": total([(df[t] * future.supplier_cost[(s, e), t], block.buy[s, e, t]) for s, e, t in block.BOUGHT]),
        "freight": total(
            [(df[t] * numbers.freight[a, b, m], block.flow[a, b, m, q, t]) for a, b, m, q, t in block.FLOW]
        ),
        "tariffs": total(
            [
                (df[t] * future.tariff[(a, b, m), t], block.flow[a, b, m, q, t])
                for a, b, m, q, t in block.FLOW
                if ((a, b, m), t) in future.tariff
            ]
        ),
        "collection": total(
            [(df[t] * numbers.collection[r, x, o][3], block.collect[r, x, o, t]) for r, x, o, t in block.COLLECTED]
        ),
        "holding": total([(df[t] * numbers.stock_holding_cost[m], block.level[m, t]) for m, t in block.STOCK_YEAR]),
        "stock_left": total([(-df[last] * future.residual_price[m], block.level[m, last]) for m in numbers.stock_node]),
        "shortage": total(
            [(df[t] * numbers.shortage_cost[r, s, m], block.unmet[r, s, m, t]) for r, s, m, t in block.DEMAND]
        ),
        "stock_not_found": total(
            [(df[t] * numbers.stock_unbought_cost[m], block.unbought[m, t]) for m, t in block.STOCK_YEAR]
        ),
        "payment_not_due": -payment_not_due(block),
        "target_misses": total(misses),
    }
