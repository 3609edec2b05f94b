"""The books of a plan of the small case, kept a second time from its tables and draws, with numpy and pandas alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.property.plans import Plan

FloatArray = NDArray[np.float64]

PUBLIC_RATE = 0.02
SOCIAL_RATE = 0.03
FIRST_YEAR, LAST_YEAR = 2026, 2033
YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
RAMP_UP = 0.5
"""Share of output in the first year of operation; all of it afterwards."""


def discount(year: int, rate: float) -> float:
    """Present value in the first year of a dollar paid in ``year``."""
    return float((1.0 + rate) ** -(year - FIRST_YEAR))


def tail_mean(values: FloatArray, weight: FloatArray, alpha: float) -> float:
    """Mean of the worst (largest) 1 − alpha share of outcomes, the last of them counted in part.

    >>> tail_mean(np.array([1.0, 5.0, 3.0]), np.array([0.25, 0.25, 0.5]), 0.5)
    4.0
    """
    left, total = 1.0 - alpha, 0.0
    for i in np.argsort(-values):
        taken = min(left, float(weight[i]))
        total += taken * float(values[i])
        left -= taken
    return total / (1.0 - alpha)


def contract_payments(plan: Plan) -> FloatArray:
    """Present value at the public rate of what the pot pays under contracts, musd per price path."""
    paths, total = plan.draws.paths, np.zeros(plan.draws.paths.count)
    awards = plan.solution.tables["awards"]
    for award in awards[awards["contract"].notna()].itertuples():
        terms = plan.case.row("contracts", award.contract)
        price = paths.quarterly[:, paths.series.index(terms.series)]
        owed = award.strike_usd_per_kg - price
        if terms.form == "floor":
            owed = np.maximum(owed, 0.0) - terms.upside_share * np.maximum(-owed, 0.0)
        for year in range(int(award.start_year), min(int(award.start_year) + terms.tenor_years, paths.years[-1] + 1)):
            tonnes = award.volume_t_per_year * (RAMP_UP if year == award.start_year else 1.0)
            by_path = owed[:, paths.years.index(year)].mean(axis=1)
            total += by_path * tonnes / 1000.0 * discount(year, PUBLIC_RATE)
    return total


def pot_use(plan: Plan) -> float:
    """What the awards use up of the one pot by its scoring rule, musd."""
    case, tables = plan.case, plan.solution.tables
    pot = case.rows("programmes")[0]
    paid, weight = contract_payments(plan), plan.draws.paths.weight
    score = {
        "expected": float(weight @ paid),
        "worst": float(paid.max()),
        "cvar": tail_mean(paid, weight, pot.scoring_alpha),
    }[pot.contract_scoring]
    awards = tables["awards"]
    face = float(awards["grant_musd"].sum() + pot.loan_subsidy_rate * awards["loan_musd"].sum())
    return face + max(score, 0.0) + stock_cost(plan)


def stock_cost(plan: Plan) -> float:
    """Present value of planned stock purchases at the expected magnet price, musd."""
    paths = plan.draws.paths
    expected = paths.weight @ paths.yearly("magnet_price")
    bought = plan.solution.tables["stockpile"].set_index("year")["purchase_t"]
    return sum(
        float(bought[year]) / 1000.0 * float(expected[paths.years.index(year)]) * discount(year, PUBLIC_RATE)
        for year in YEARS
    )


def balances(plan: Plan) -> pd.DataFrame:
    """Per future, year, material and stream in the United States: ``left``, kt that nobody needed.

    Stream ``all`` counts both streams together; ``compliant`` counts only what may be sold as such. What leaves a
    stock, or is made, bought, sent in, must cover inputs, purchases into stock, what is sent out and demand served.
    """
    rows = [
        {"future": future.name, "year": year, "material": material, "stream": stream, "left": left}
        for future in plan.draws.futures.futures
        for year in YEARS
        for material in ("oxide", "magnet")
        for stream in ("all", "compliant")
        for left in [_left(plan, future, year, material, stream)]
    ]
    return pd.DataFrame(rows)


def _left(plan: Plan, future: Any, year: int, material: str, stream: str) -> float:
    tables = {
        name: table[(table["future"] == future.name) & (table["year"] == year)]
        for name, table in plan.solution.tables.items()
        if "future" in table.columns and "year" in table.columns
    }
    made, flows, stock = tables["production"], tables["flows"], tables["stock_levels"]
    if stream == "compliant":
        made, flows = made[made["stream"] == stream], flows[flows["stream"] == stream]
    moved = flows[flows["material"] == material]
    left = made.loc[made["plant"] == f"us_{material}", "t_per_year"].sum()
    left += moved.loc[moved["to_region"] == "us", "t_per_year"].sum()
    left -= moved.loc[moved["from_region"] == "us", "t_per_year"].sum()
    if material == "oxide":
        left -= 0.4 * made.loc[made["plant"] == "us_magnet", "t_per_year"].sum()
    elif stream == "all":
        # The stock holds the stream any, so none of it is compliant.
        left += stock["release_t"].sum() + stock["not_found_t"].sum() - bought(plan, future, year)
    unmet = plan.solved.outcome.recourse[future.name]["unmet"]
    for (region, segment, wanted), path in future.demand.items():
        strict = segment == "defence" and year >= 2027
        if wanted == material and (stream == "all" or strict):
            served = float(path[year - FIRST_YEAR]) - 1000.0 * unmet.get((region, segment, wanted, year), 0.0)
            left -= served
    return float(left) / 1000.0


def bought(plan: Plan, future: Any, year: int) -> float:
    """Stock to be bought in one future, t: the planned amount, unless trade into the region is withheld that year."""
    withheld = [path for (_, destination, _), path in future.withheld.items() if destination == "us"]
    if any(path[year - FIRST_YEAR] > 0.0 for path in withheld):
        return 0.0
    planned = plan.solution.tables["stockpile"].set_index("year")["purchase_t"]
    return float(planned[year])
