"""A case whose numbers can be worked out with a pocket calculator, and price paths and futures made by hand.

One mine in the us: 12,500 t/yr at 80 % availability, so 10 kt/yr of oxide, half of it in the first year; capex 200 musd
in equal parts in 2026 and 2027; operation 2028 and 2029; variable cost 20 USD/kg. Its sponsor asks 25 % a year, so a
dollar is worth 1, 0.8, 0.64, 0.512 in 2026 to 2029. Public money is discounted at 20 % a year, resource cost not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.instance import Instance, compile_instance
from optimizer.instance.market import Market
from optimizer.scenarios import Draws, Future, Futures, PricePaths

YEARS = (2026, 2027, 2028, 2029)
PUBLIC = 1.0 / 1.2
"""Public discount factor of a year."""
Rows = list[dict[str, Any]]


def hand_settings() -> dict[str, Any]:
    """Settings; private entry is off, so that the mine is offered support."""
    return {
        "case": {"name": "hand", "title": "By hand", "question": "Do the sums agree?", "price_year": 2026},
        "horizon": {"first_year": 2026, "last_year": 2029},
        "rates": {"social": 0.0, "public": 0.2},
        "viability": {"alpha": 0.5, "lender_quantile": 0.1, "private_entry": False},
        "objective": {},
        "scenarios": {"seed": 1, "paths": 2, "futures": 1},
    }


def mine(**cells: Any) -> dict[str, Any]:
    """The mine, with other cells."""
    return {
        "plant": "mine",
        "name": "Mine",
        "region": "us",
        "stage": "separated",
        "product": "oxide",
        "status": "candidate",
        "capacity_t_per_year": 12500.0,
        "availability": 0.8,
        "capex_musd": 200.0,
        "build_years": 2,
        "start_years": (2028,),
        "life_years": 2,
        "ramp": "half",
        "opex_usd_per_kg": 20.0,
        "reserve_t": None,
        "compliant": True,
        "hurdle_rate": 0.25,
        "loss_limit_share": 0.5,
        "merchant_share": 0.5,
        "profit_cap_share": 0.5,
        **cells,
    }


def contract(**cells: Any) -> dict[str, Any]:
    """A floor on the mine's output at 50 or 60 USD/kg, over its two years."""
    return {
        "contract": "floor",
        "plant": "mine",
        "programme": "pot",
        "form": "floor",
        "series": "oxide_price",
        "strike_min_usd_per_kg": 50.0,
        "strike_max_usd_per_kg": 60.0,
        "strike_tick_usd_per_kg": 10.0,
        "tenor_years": 2,
        "offtake": False,
        **cells,
    }


def support(instrument: str, **cells: Any) -> dict[str, Any]:
    """Support of the mine, at most half of its capex."""
    return {
        "plant": "mine",
        "instrument": instrument,
        "programme": None if instrument == "debt" else "pot",
        "max_musd": None,
        "max_share_of_capex": 0.5,
        **cells,
    }


def debt(**cells: Any) -> dict[str, Any]:
    """Private debt at 10 % over two years, up to half of the capex, covered 1.25 times."""
    return support("debt", **{"rate": 0.1, "tenor_years": 2, "debt_service_cover": 1.25, **cells})


def stockpile(**cells: Any) -> dict[str, Any]:
    """A stock of oxide in the us, bought in two tranches."""
    return {
        "stockpile": "reserve",
        "name": "Reserve",
        "region": "us",
        "material": "oxide",
        "programme": "pot",
        "opening_t": 500.0,
        "capacity_t": 9000.0,
        "max_purchase_t_per_year": 3000.0,
        "tranches": (2026, 2028),
        "holding_cost_usd_per_kg_year": 0.5,
        "release_max_share": 0.5,
        **cells,
    }


def process(series: str, long_run: float = 50.0, **cells: Any) -> dict[str, Any]:
    """A price series; what it starts from does not matter where paths are made by hand."""
    level = {"start_usd_per_kg": long_run, "long_run_usd_per_kg": long_run}
    return {"series": series, "name": series, "kind": "process", **level, **cells}


def hand_tables() -> dict[str, Rows]:
    """Tables of the case."""
    return {
        "regions": [
            {"region": "us", "name": "United States", "covered": False, "bloc": "allied"},
            {"region": "china", "name": "China", "covered": True, "bloc": "covered"},
        ],
        "materials": [material("oxide", origin_tracked=True)],
        "plants": [mine()],
        "ramps": [
            {"ramp": "half", "operating_year": 1, "share": 0.5},
            {"ramp": "half", "operating_year": 2, "share": 1.0},
        ],
        "suppliers": [
            {
                "supplier": "china_oxide",
                "step": 1,
                "region": "china",
                "material": "oxide",
                "quantity_t_per_year": 20000.0,
                "price_factor": 1.0,
            }
        ],
        "demand": [demand("civil", 8000.0)],
        "lanes": [lane("china", "us", "oxide")],
        "price_series": [process("oxide_price")],
        "programmes": [
            {
                "programme": "pot",
                "name": "Pot",
                "government": "us",
                "budget_musd": 1000.0,
                "contract_scoring": "expected",
                "loan_subsidy_rate": 0.25,
                "first_year": 2026,
                "last_year": 2029,
                "yearly_cap_musd": None,
            }
        ],
        "eligibility": [
            {"programme": "pot", "instrument": kind, "region": "any", "stage": "any", "plant": "any"}
            for kind in ("grant", "equity", "loan", "contract", "stockpile")
        ],
    }


def material(name: str, **cells: Any) -> dict[str, Any]:
    """A separated material traded at the price series of its name."""
    given = {"name": name, "stage": "separated", "basis": "t", "price_series": f"{name}_price", "origin_tracked": False}
    return {"material": name, **given, **cells}


def demand(segment: str, base: float, **cells: Any) -> dict[str, Any]:
    """Demand for oxide in the us that takes any stream and does not grow."""
    given = {"growth_per_year": 0.0, "shortage_cost_usd_per_kg": 300.0, "accepts": "any", "compliant_from_year": None}
    return {"region": "us", "segment": segment, "material": "oxide", "base_t_per_year": base, **given, **cells}


def lane(origin: str, destination: str, name: str, **cells: Any) -> dict[str, Any]:
    """A lane of 6,000 t/yr."""
    given = {"freight_usd_per_kg": 1.0, "capacity_t_per_year": 6000.0}
    return {"from_region": origin, "to_region": destination, "material": name, **given, **cells}


def hand_case(changes: Mapping[str, Any] | None = None, **tables: Rows) -> Case:
    """The case with whole ``tables`` replaced and single cells or settings changed.

    ``changes`` maps ``table.key.column`` (first key column) or ``section.setting`` to a value.
    """
    settings, given = hand_settings(), {**hand_tables(), **tables}
    for path, value in (changes or {}).items():
        place, *rest = path.split(".")
        if place in TABLES:
            name, column = rest
            rows = [row for row in given[place] if row[TABLES[place].key[0]] == name]
            assert rows, path
            for row in rows:
                row[column] = value
        else:
            settings.setdefault(place, {})[rest[0]] = value
    graded = {
        name: [{"source": "judgement", "grade": "judgement", **row} for row in rows] for name, rows in given.items()
    }
    graded["sources"] = [{"source": "manual", "title": "A manual"}]
    return Case.from_tables(settings, graded)


def price_paths(weight: Sequence[float] | None = None, first: int = 2026, **prices: Any) -> PricePaths:
    """Price paths, series → (paths, years) or (paths, years, 4), USD/kg; equal weights unless given."""
    arrays = [np.asarray(values, float) for values in prices.values()]
    quarterly = [a if a.ndim == 3 else np.repeat(a[..., np.newaxis], 4, axis=2) for a in arrays]
    count, years = quarterly[0].shape[:2]
    return PricePaths(
        series=tuple(prices),
        years=tuple(range(first, first + years)),
        quarterly=np.stack(quarterly, axis=1),
        weight=np.full(count, 1.0 / count) if weight is None else np.asarray(weight, float),
    )


def flat_paths(*levels: float, weight: Sequence[float] | None = None) -> PricePaths:
    """Paths of the oxide price over the four years of the case, each at one level."""
    return price_paths(weight, oxide_price=[[level] * len(YEARS) for level in levels])


def calm(case: Case, **changes: Any) -> Future:
    """The calm future: every series at 50 USD/kg, demand at its base, nothing withheld, delayed or lost."""
    count = len(YEARS)
    given: dict[str, Any] = {
        "name": "calm",
        "weight": 1.0,
        "price": {row.series: np.full(count, 50.0) for row in case.rows("price_series")},
        "withheld": {},
        "demand": {
            (row.region, row.segment, row.material): np.full(count, row.base_t_per_year) for row in case.rows("demand")
        },
        "delay": {},
        "outage": {},
        "disrupted": np.zeros(count),
    }
    return Future(**{**given, **changes})


def futures_of(*futures: Future) -> Futures:
    """A set of futures over the four years of the case."""
    return Futures(years=YEARS, futures=futures, candidates=len(futures), distance=0.0)


def compiled(case: Case, paths: PricePaths, *futures: Future) -> Instance:
    """The instance of the case under paths and futures (the calm one if none is given)."""
    return compile_instance(case, Draws(paths, futures_of(*(futures or (calm(case),))), 1, ()))


def market(case: Case, paths: PricePaths) -> Market:
    """The market over price paths."""
    return Market(case, paths.years, paths.yearly)
