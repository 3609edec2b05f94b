"""The comparison as tidy tables: one row per plant and instrument, totals over plants, and quantiles of who pays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.analysis.instrument_choice.choice import Choice
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.deterrence import closing_price, loss_price
from optimizer.analysis.instrument_choice.wording import (
    BORDER,
    CALLED,
    CONTRACTS,
    MONEY,
    full_name,
    level_words,
    paid_for,
)
from optimizer.results.pots import contract_score
from optimizer.terms.finance import cvar, quantile

FloatArray = NDArray[np.float64]
Asked = Sequence[tuple[PlantChoices, Sequence[Choice]]]
"""Plants and what was found for each."""

TAIL = 0.95
PROBABILITIES = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
ALLIES = "allies"

_FAILS = {
    "expected_return": "the sponsor's expected return stays below its hurdle",
    "downside_limit": "the sponsor loses too much of its money in the bad tail",
    "no_over_compensation": "what protects the tail enough pays more than the over-compensation cap allows",
    "debt_service_cover": "cash in the lender's deck does not cover the loan",
    "gearing_limit": "the gearing cap leaves no room",
    "financing_within_capex": "it exceeds the capex",
}


def instruments_table(asked: Asked) -> pd.DataFrame:
    """One row per plant, instrument, market and set of terms; see ``instruments`` for the columns."""
    return pd.DataFrame([_row(plant, choice) for plant, found in asked for choice in found])


def _row(plant: PlantChoices, choice: Choice) -> dict[str, Any]:
    kind, level = choice.instrument, choice.level
    known = math.nan if level is None else round(level, 6)
    row: dict[str, Any] = {
        "plant": plant.plant,
        "start_year": plant.start_year,
        "instrument": CALLED[kind],
        "market": choice.market,
        "name": full_name(kind, choice.market) + (f" at {level:g}" if choice.stated else ""),
        "terms_are": "stated" if choice.stated else "least",
        "level": level_words(kind, level, viable=choice.viable),
        "viable": choice.viable,
        "why_not": None if choice.viable else _why_not(plant, choice),
        "terms": choice.words if level is not None else "none is enough",
        "strike_usd_per_kg": known if kind in (*CONTRACTS, "border_floor") else math.nan,
        "amount_musd": known if kind in MONEY else math.nan,
        "tariff_share": known if kind == "tariff" else math.nan,
    }
    weight = choice.standing.weight
    row |= _payers(choice.treasury, choice.buyers, weight, plant.tonnes, known=level is not None)
    row |= {
        "other_producers_expected_musd": _if(level, float(weight @ choice.others)),
        "loan_unpaid_expected_musd": _if(level if choice.unpaid is not None else None, _mean(choice.unpaid, weight)),
        "loan_unpaid_worst_musd": math.nan if choice.unpaid is None else _if(level, float(choice.unpaid.max())),
        "sponsor_expected_npv_musd": _if(level, choice.standing.expected_npv),
        "sponsor_tail_npv_musd": _if(level, choice.standing.tail_npv),
        "upside_kept_share": _if(level, choice.upside_kept),
        "income_spread_usd_per_kg": _if(level, _spread(choice.income, weight)),
    }
    return row | _bankable(plant, choice) | _deters(plant, choice) | _promised(plant, choice)


def _why_not(plant: PlantChoices, choice: Choice) -> str:
    covered = plant.alone.plan.columns[: plant.terms.reference.tenor_years]
    for market in plant.markets:
        if market.name == choice.market and not market.demand[covered].any():
            return f"nobody in {market.name} buys {market.material}"
    return _FAILS[choice.standing.fails[0]]


def _if(level: float | None, value: float) -> float:
    return math.nan if level is None else value


def _mean(values: FloatArray | None, weight: FloatArray) -> float:
    return math.nan if values is None else float(weight @ values)


def _spread(values: FloatArray, weight: FloatArray) -> float:
    mean = weight @ values
    return float(np.sqrt(weight @ (values - mean) ** 2))


def _payers(
    treasury: FloatArray, buyers: FloatArray, weight: FloatArray, tonnes: float, *, known: bool
) -> dict[str, float]:
    """Who pays how much, musd; not a number in every place if the terms are not known."""
    both = treasury + buyers
    out = {
        "treasury_expected_musd": float(weight @ treasury),
        "treasury_p95_musd": float(quantile(treasury, weight, TAIL)),
        "treasury_cvar_musd": float(cvar(treasury, weight, TAIL)),
        "treasury_worst_musd": float(treasury.max()),
        "treasury_best_musd": float(treasury.min()),
        "buyers_expected_musd": float(weight @ buyers),
        "buyers_p95_musd": float(quantile(buyers, weight, TAIL)),
        "buyers_worst_musd": float(buyers.max()),
        "public_and_buyers_expected_musd": float(weight @ both),
        "public_and_buyers_p95_musd": float(quantile(both, weight, TAIL)),
        "public_and_buyers_usd_per_kg": float(weight @ both) / tonnes if tonnes > 0.0 else math.nan,
    }
    return {name: value + 0.0 if known else math.nan for name, value in out.items()}


def _bankable(plant: PlantChoices, choice: Choice) -> dict[str, Any]:
    capex = float(plant.alone.row.capex_musd)
    capacity, cap = choice.standing.loan_capacity, plant.alone.outlook.plants.gearing[plant.plant] * capex
    words = "no" if capacity <= 1e-6 else "to the cap" if capacity >= cap - 1e-6 else "in part"
    return {
        "debt_capacity_musd": _if(choice.level, capacity),
        "debt_capacity_share": _if(choice.level, capacity / capex if capex > 0.0 else math.nan),
        "debt_taken_musd": _if(choice.level, choice.standing.debt),
        "bankable": words if choice.level is not None else None,
    }


def _deters(plant: PlantChoices, choice: Choice) -> dict[str, Any]:
    """How low a price the plant outlasts. For money, which changes no margin, this holds for any amount."""
    slump, nan = plant.slump, math.nan
    names = (
        "survives_price_usd_per_kg",
        "survives_slump_share",
        "loses_cash_above_usd_per_kg",
        "defaults_below_usd_per_kg",
        "dumping_price_usd_per_kg",
        "ruined_after_years",
        "predator_loses_musd_per_year",
    )
    if slump.series is None or (choice.level is None and choice.instrument not in MONEY):
        return dict.fromkeys(names, nan)
    top = slump.top(choice.nearest if choice.instrument in (*CONTRACTS, "border_floor") else 0.0)
    service = choice.service / plant.alone.output
    closes = closing_price(choice.cash, slump.today, top, choice.kinks)
    defaults = closing_price(lambda price: choice.cash(price) - service, slump.today, top, choice.kinks)
    above = math.inf
    if math.isfinite(closes):
        above = loss_price(choice.cash, max(closes, slump.today), top, choice.kinks)
    dumped, _ = slump.dumped()
    short = service - float(choice.cash(np.array([dumped]))[0])
    own = max(float(plant.alone.row.capex_musd) - choice.public_money - choice.standing.debt, 0.0)
    sold = slump.sold_by_covered(plant.start_year)
    pushed = max(slump.long_run - defaults, 0.0) * sold if 0.0 < defaults < math.inf and sold > 0.0 else nan
    known = choice.level is not None
    values = (
        closes if math.isfinite(closes) else nan,
        max(1.0 - closes / slump.today, 0.0) if slump.today > 0.0 else nan,
        above if known and math.isfinite(above) else nan,
        defaults if known and math.isfinite(defaults) else nan,
        dumped,
        own / (short * plant.alone.output) if known and short > 1e-9 else nan,
        pushed if known else nan,
    )
    return dict(zip(names, values, strict=True))


def _promised(plant: PlantChoices, choice: Choice) -> dict[str, Any]:
    """What it is paid for, whether the case offers it, and what its pot would be charged."""
    kind, level = choice.instrument, choice.level
    out: dict[str, Any] = {"paid_for": paid_for(kind), "on_offer": _on_offer(plant, choice), "pot": None}
    out |= {"scored_musd": math.nan, "budget_musd": math.nan, "fits_pot": None}
    programme = None if choice.row is None else choice.row.programme
    if programme is None:
        return out
    pot = plant.alone.outlook.case.row("programmes", programme)
    out |= {"pot": programme, "budget_musd": pot.budget_musd}
    if level is None:
        return out
    if kind in CONTRACTS:
        # A pot is charged what is promised: for a purchase, the strike.
        paid = choice.standing.outlay
        scored = contract_score(paid, choice.standing.weight, pot.contract_scoring, pot.scoring_alpha)
    else:
        scored = level * {"grant": 1.0, "equity": pot.equity_score_share, "loan": pot.loan_subsidy_rate}[kind]
    return out | {"scored_musd": scored, "fits_pot": "yes" if scored <= pot.budget_musd + 1e-6 else "no"}


def _on_offer(plant: PlantChoices, choice: Choice) -> str:
    kind, level = choice.instrument, choice.level
    if kind in BORDER:
        return "no"
    rows = plant.alone.outlook.case.rows("contracts" if kind in CONTRACTS else "support")
    column = "form" if kind in CONTRACTS else "instrument"
    mine = [row for row in rows if row.plant == plant.plant and row[column] == kind]
    if not mine:
        return "no"
    if level is None:
        return "yes"
    if kind in CONTRACTS:
        return "yes" if level <= mine[0].strike_max_usd_per_kg + 1e-9 else "above its menu"
    limit = mine[0].max_share_of_capex * plant.alone.row.capex_musd
    limit = limit if mine[0].max_musd is None else min(limit, mine[0].max_musd)
    return "yes" if level <= limit + 1e-6 else "above its limit"


def least_terms_table(table: pd.DataFrame) -> pd.DataFrame:
    """One row per plant: the least level of every instrument, border measures around the widest market."""
    units = dict.fromkeys((*CONTRACTS, "border_floor"), "strike_usd_per_kg")
    units |= dict.fromkeys(MONEY, "amount_musd") | {"tariff": "tariff_share"}
    columns = {kind: unit.replace("strike", kind).replace("amount", kind) for kind, unit in units.items()}
    kinds = {CALLED[kind]: kind for kind in units}
    out: dict[str, dict[str, Any]] = {}
    for row in table[table["terms_are"] == "least"].to_dict("records"):
        line = out.setdefault(row["plant"], {"plant": row["plant"], "start_year": row["start_year"]})
        kind = kinds[row["instrument"]]
        line[columns[kind]] = row[units[kind]]
    return pd.DataFrame(list(out.values()), columns=["plant", "start_year", *columns.values()])


def totals_table(asked: Asked) -> pd.DataFrame:
    """One row per instrument, at least terms, over the plants that it brings, of those that need something.

    A border measure lifts one price for all: of several plants with one product the one that needs most counts.
    """
    groups: dict[tuple[str, str | None], list[tuple[PlantChoices, Choice]]] = {}
    asked = [(plant, found) for plant, found in asked if not plant.unaided.viable]
    for plant, found in asked:
        for choice in (one for one in found if not one.stated):
            market = choice.market if choice.market in (None, ALLIES) else "own region"
            groups.setdefault((choice.instrument, market), []).append((plant, choice))
    rows = []
    for (kind, market), members in groups.items():
        brought = [(plant, choice) for plant, choice in members if choice.level is not None]
        row: dict[str, Any] = {"instrument": CALLED[kind], "market": market, "name": full_name(kind, market)}
        row |= {"plants": len(brought), "plants_asked": len(asked)}
        counted = _dearest_by_product(brought) if kind in BORDER else brought
        weight = members[0][1].standing.weight
        none = np.zeros(len(weight))
        treasury = sum((choice.treasury for _, choice in counted), none)
        buyers = sum((choice.buyers for _, choice in counted), none)
        tonnes = sum(plant.tonnes for plant, _ in brought)
        rows.append(row | _payers(treasury, buyers, weight, tonnes, known=bool(brought)))
    return pd.DataFrame(rows)


def _dearest_by_product(members: Iterable[tuple[PlantChoices, Choice]]) -> list[tuple[PlantChoices, Choice]]:
    kept: dict[tuple[str, str | None], tuple[PlantChoices, Choice]] = {}
    for plant, choice in members:
        key = (plant.alone.row.product, choice.market)
        if key not in kept or choice.nearest > kept[key][1].nearest:
            kept[key] = plant, choice
    return list(kept.values())


def quantiles_table(asked: Asked) -> pd.DataFrame:
    """Quantiles over price paths of who pays and what the sponsor gets, musd, for every row whose terms are known."""
    rows: list[tuple[Any, ...]] = []
    for plant, found in asked:
        for choice in (one for one in found if one.level is not None):
            sides = {"treasury": choice.treasury, "buyers": choice.buyers}
            sides |= {"treasury and buyers": choice.treasury + choice.buyers, "sponsor's npv": choice.standing.npv}
            head = (plant.plant, CALLED[choice.instrument], choice.market, "stated" if choice.stated else "least")
            for who, values in sides.items():
                rows += [
                    (*head, who, p, float(quantile(values, choice.standing.weight, p)) + 0.0) for p in PROBABILITIES
                ]
    columns = ["plant", "instrument", "market", "terms_are", "who", "quantile_share", "present_value_musd"]
    return pd.DataFrame(rows, columns=columns)
