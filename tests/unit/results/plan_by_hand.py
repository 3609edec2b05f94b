"""A plan of the mine case written down by hand: no solver has seen it.

On paths at 60 and 40 USD/kg the mine is built in 2028 under a floor of 60 on its 10 kt/yr, with a grant of 30, public
equity of 20, a public loan of 40 and private debt of 50 musd; 1 kt/yr of oxide is bought in 2026 and 2027.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.data import Case
from optimizer.engine import Outcome
from optimizer.engine.values import AWARDS, RECOURSE
from optimizer.instance import Instance
from tests.unit.instance.hand_case import compiled, contract, debt, flat_paths, hand_case, stockpile, support

MINE = ("mine", 2028)
FROM_POT = ("mine", 2028, "pot")
OFFER = ("floor", 2028, 60.0)
COST_TERMS = (
    "operation",
    "below_minimum",
    "imports",
    "freight",
    "tariffs",
    "collection",
    "holding",
    "stock_left",
    "shortage",
    "stock_not_found",
    "payment_not_due",
    "target_misses",
)


def plan_case(changes: Mapping[str, Any] | None = None, **tables: Any) -> Case:
    """The mine with every kind of support, and a second contract on the menu."""
    given: dict[str, Any] = {
        "contracts": [contract(), contract(contract="cfd", form="cfd")],
        "support": [debt(), support("grant"), support("equity"), support("loan", rate=0.1, tenor_years=2)],
        "stockpiles": [stockpile()],
    }
    return hand_case(changes, **{**given, **tables})


def plan_instance(case: Case) -> Instance:
    """Its instance on two paths."""
    return compiled(case, flat_paths(60.0, 40.0))


def outcome(
    awards: Mapping[str, Any] | None = None,
    recourse: Mapping[str, Mapping[str, Any]] | None = None,
    award_costs: Mapping[str, float] | None = None,
    supply_costs: Mapping[str, Mapping[str, float]] | None = None,
    supply_tail: float = 0.0,
) -> Outcome:
    """An outcome in which nothing is decided or done but what is given."""
    futures = list(recourse or supply_costs or {"calm": {}})
    return Outcome(
        awards={name: dict((awards or {}).get(name, {})) for name in AWARDS},
        recourse={w: {name: dict((recourse or {}).get(w, {}).get(name, {})) for name in RECOURSE} for w in futures},
        award_costs={"capex_annuities": 0.0, "net_outlay": 0.0, "cover_miss_cost": 0.0, **(award_costs or {})},
        supply_costs={w: {t: (supply_costs or {}).get(w, {}).get(t, 0.0) for t in COST_TERMS} for w in futures},
        supply_tail=supply_tail,
    )


def plan(**awards: Any) -> Outcome:
    """The plan, with other awards of some kind."""
    given: dict[str, Any] = {
        "build": {MINE: 1.0},
        "signed": {OFFER: 1.0},
        "volume": {OFFER: 10.0},
        "grant": {FROM_POT: 30.0},
        "equity": {FROM_POT: 20.0},
        "loan": {FROM_POT: 40.0},
        "debt": {MINE: 50.0},
        "purchase_rate": {("reserve", 2026): 1.0},
    }
    return outcome({**given, **awards})
