"""The smallest instances a constraint can be tried on, and the one way they are solved.

Award layer: one outlay year, one price path, no discounting, unless a test says otherwise. Supply layer: region ``us``,
material ``oxide`` in one stream, year 2026, a demand of 10 kt whose loss is 100 musd/kt; a test adds what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyomo.environ as pyo

from models.assemble import AwardColumns, add_future
from models.award_numbers import (
    AwardNumbers,
    BuildOption,
    ContractNumbers,
    PlantNumbers,
    ProgrammeNumbers,
    StockPlanNumbers,
    SupportNumbers,
)
from models.supply_numbers import FutureNumbers, SupplyStructure
from optimizer.engine.compiled import standard_form
from optimizer.engine.form import check_point
from optimizer.engine.highs import Options, solve_form

FREE = {"resource": 1.0, "shortage": 1.0, "outlay": 0.0, "tail": 0.0, "tariff": 0.0}
"""Weights under which money of every kind but transfers counts once."""
DEMAND = ("us", "civil", "oxide")


def lowest(model: Any, cost: Any, *, relaxed: bool = False) -> float:
    """The least value of ``cost`` over the model; its variables hold the optimum afterwards.

    ``relaxed`` lets whole numbers be fractions.
    """
    if model.component("goal") is not None:
        model.del_component("goal")
    model.goal = pyo.Objective(expr=cost)
    form = standard_form(model)
    form = form.with_bounds(form.lower, form.upper, relaxed=relaxed)
    raw = solve_form(form, Options(gap=0.0))
    assert raw.termination == "gap_reached"
    assert raw.values is not None
    assert raw.objective is not None
    assert check_point(form, raw.values) < 1e-6
    for column, value in zip(form.columns, raw.values.tolist(), strict=True):
        column.set_value(value, skip_validation=True)
    return raw.objective


def highest(model: Any, gain: Any, *, relaxed: bool = False) -> float:
    """The largest value of ``gain`` over the model."""
    return -lowest(model, -gain, relaxed=relaxed)


def award_numbers(**changes: Any) -> AwardNumbers:
    """An award layer in which nothing is on offer, with ``changes``."""
    outlay_years = changes.get("outlay_years", changes.get("years", (2026,)))
    given: dict[str, Any] = {
        "years": (2026,),
        "outlay_years": outlay_years,
        "discount": np.ones(len(outlay_years)),
        "path_weight": np.ones(1),
        "sponsor_alpha": 0.5,
        "plants": PlantNumbers(),
        "contracts": ContractNumbers(),
        "support": SupportNumbers(),
        "programmes": ProgrammeNumbers(),
        "stock": StockPlanNumbers(),
        "spend_share": {},
        "weights": FREE,
    }
    return AwardNumbers(**{**given, **changes})


def plant_numbers(options: Iterable[BuildOption] = (("mine", 2026),), **changes: Any) -> PlantNumbers:
    """Plants of 100 musd that give their sponsor 10 musd, may borrow nothing and lose all their equity.

    A change that is a mapping stands as it is; any other value is given to every option or plant.
    """
    options = tuple(options)
    by_plant = {"loss_limit": 1.0, "gearing": 0.0, "service_cover": 1.0}
    by_option = {
        "capex": 100.0,
        "capex_annuities": 0.0,
        "output": 10.0,
        "npv": np.array([10.0]),
        "spend_factor": 1.0,
        "npv_cap": np.inf,
        "debt_gain": 0.0,
        "debt_service": (),
        "deck_cash": (),
    }
    given: dict[str, Any] = {name: dict.fromkeys(options, value) for name, value in by_option.items()}
    given |= {name: {p: value for p, _ in options} for name, value in by_plant.items()}
    for name, value in changes.items():
        given[name] = value if isinstance(value, Mapping) else dict.fromkeys(given[name], value)
    return PlantNumbers(**given)


def contract_numbers(
    offers: Iterable[tuple[str, int, float]] = (("floor", 2026, 110.0),), **changes: Any
) -> ContractNumbers:
    """Contracts of programme ``pot`` on the 10 kt/yr of ``mine``, on any share of it, that pay and gain nothing."""
    offers = tuple(offers)
    given: dict[str, Any] = {
        "plant": {c: "mine" for c, _, _ in offers},
        "programme": {c: "pot" for c, _, _ in offers},
        "share_min": {c: 0.0 for c, _, _ in offers},
        "share_max": {c: 1.0 for c, _, _ in offers},
        "output": {(c, y): 10.0 for c, y, _ in offers},
        "sponsor_gain": dict.fromkeys(offers, np.zeros(1)),
        "outlay": dict.fromkeys(offers, np.zeros(1)),
        "expected_payment": dict.fromkeys(offers, np.zeros(1)),
        "deck_gain": dict.fromkeys(offers, ()),
    }
    for name, value in changes.items():
        given[name] = value if isinstance(value, Mapping) else dict.fromkeys(given[name], value)
    return ContractNumbers(offers=offers, **given)


def programme_numbers(**changes: Any) -> ProgrammeNumbers:
    """One programme, ``pot``, of 1,000 musd, contracts scored at their expected outlay, loans at a quarter."""
    given = {
        "budget": 1000.0,
        "scoring": "expected",
        "alpha": 0.5,
        "loan_score": 0.25,
        "equity_score": 1.0,
        "yearly_cap": None,
    }
    return ProgrammeNumbers(**{name: {"pot": value} for name, value in {**given, **changes}.items()})


def stock_plan_numbers(years: Iterable[int] = (2026,), **changes: Any) -> StockPlanNumbers:
    """One stockpile, ``reserve``, bought in one tranche from the first of ``years``, at 10 musd/kt."""
    years = tuple(years)
    by_stock: dict[str, Any] = {
        "programme": "pot",
        "rate_limit": 5.0,
        "opening": 0.0,
        "capacity": 100.0,
        "loss": 0.0,
    }
    given = {name: {"reserve": changes.pop(name, value)} for name, value in by_stock.items()}
    return StockPlanNumbers(
        tranches=(("reserve", years[0]),),
        tranche_of={("reserve", t): years[0] for t in years},
        **{"price": {("reserve", t): 10.0 for t in years}, **given, **changes},
    )


def supply_structure(**changes: Any) -> SupplyStructure:
    """The demand for oxide and nothing to meet it with, with ``changes``."""
    years = changes.get("years", (2026,))
    demand_keys = changes.get("demand_keys", (DEMAND,))
    given: dict[str, Any] = {name: {} for name in SupplyStructure.__dataclass_fields__}
    given |= {
        "years": years,
        "nodes": (("us", "oxide", "any"),),
        "lanes": (),
        "demand_keys": demand_keys,
        "serves": {(d, t): "any" for d in demand_keys for t in years},
        "shortage_cost": dict.fromkeys(demand_keys, 100.0),
        "discount": dict.fromkeys(years, 1.0),
        "strike_worth": {(c, t): 1.0 for c in changes.get("purchase_into", {}) for t in years},
        "weights": FREE,
        "volume_bound": 1000.0,
    }
    return SupplyStructure(**{**given, **changes})


def with_mill(**changes: Any) -> dict[str, Any]:
    """Parts of a structure: a mill in the us that makes oxide at 20 musd/kt."""
    given: dict[str, Any] = {
        "plant_region": {"mill": "us"},
        "plant_streams": {"mill": ("any",)},
        "inputs": {"mill": {}},
        "outputs": {"mill": {"oxide": 1.0}},
        "cost_steps": {"mill": ((1.0, 20.0),)},
        "min_run_share": {"mill": 0.0},
        "below_minimum_cost": {"mill": 0.0},
    }
    return {**given, **changes}


def with_stock(**changes: Any) -> dict[str, Any]:
    """Parts of a structure: an empty stockpile of oxide in the us, all of which may be released in a year."""
    by_stock = {
        "stock_node": ("us", "oxide", "any"),
        "stock_opening": 0.0,
        "stock_capacity": 100.0,
        "stock_loss": 0.0,
        "stock_release_share": 1.0,
        "stock_holding_cost": 0.0,
        "stock_unbought_cost": 200.0,
    }
    return {name: {"reserve": changes.get(name, value)} for name, value in by_stock.items()}


def future_numbers(structure: SupplyStructure, **changes: Any) -> FutureNumbers:
    """The calm future, 10 kt of each demand in every year, stock bought and released at will, with ``changes``."""
    given: dict[str, Any] = {name: {} for name in FutureNumbers.__dataclass_fields__}
    given |= {
        "name": "calm",
        "probability": 1.0,
        "calm": True,
        "demand": {(d, t): 10.0 for d in structure.demand_keys for t in structure.years},
        "purchase_allowed": {(m, t): True for m in structure.stock_node for t in structure.years},
        "release_allowed": {(m, t): True for m in structure.stock_node for t in structure.years},
        "residual_price": dict.fromkeys(structure.stock_node, 0.0),
    }
    return FutureNumbers(**{**given, **changes})


def decided(
    *,
    build: Mapping[BuildOption, float] | None = None,
    volume: Mapping[tuple[str, int, float], float] | None = None,
    purchase_rate: Mapping[tuple[str, int], float] | None = None,
    tranche_of: Mapping[tuple[str, int], int] | None = None,
) -> AwardColumns:
    """Awards that are settled: numbers stand where the assembly has columns."""
    starts: dict[str, tuple[int, ...]] = {}
    for p, y in build or {}:
        starts[p] = (*starts.get(p, ()), y)
    offers = tuple(volume or ())
    return AwardColumns(build or {}, volume or {}, purchase_rate or {}, starts, dict(tranche_of or {}), offers)


def supply_model(
    structure: SupplyStructure, future: FutureNumbers | None = None, award: AwardColumns | None = None
) -> Any:
    """The supply layer of one future under settled awards. ``lowest(model, model.supply_cost)`` solves it."""
    model = pyo.ConcreteModel()
    add_future(model, structure, future or future_numbers(structure), award or decided())
    return model
