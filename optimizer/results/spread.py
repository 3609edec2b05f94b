"""Tables of what is uncertain, year by year: prices, and what each pot pays out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.instance.yearly import payments_by_year
from optimizer.results.awards import INSTRUMENTS
from optimizer.scenarios import Draws
from optimizer.terms.finance import quantile

FloatArray = NDArray[np.float64]

PRICE_COLUMNS = (
    "series",
    "year",
    "expected_usd_per_kg",
    "p05_usd_per_kg",
    "p25_usd_per_kg",
    "median_usd_per_kg",
    "p75_usd_per_kg",
    "p95_usd_per_kg",
)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
YEARLY_COLUMNS = ("programme", "year", "expected_musd", "p05_musd", "median_musd", "p95_musd", "worst_musd")


def prices_table(case: Any, draws: Draws) -> pd.DataFrame:
    """Yearly average of every price series over the price paths, USD/kg: mean and quantiles, a row per series and year
    of the horizon. Basis series are ratios and have none."""
    paths, horizon = draws.paths, case.settings.horizon
    rows = []
    for series in case.rows("price_series"):
        if series.kind == "basis":
            continue
        yearly = paths.yearly(series.series)
        for column, year in enumerate(paths.years):
            if year <= horizon.last_year:
                prices = yearly[:, column]
                spread = (float(quantile(prices, paths.weight, q)) for q in QUANTILES)
                rows.append((series.series, year, float(paths.weight @ prices), *spread))
    return pd.DataFrame(rows, columns=list(PRICE_COLUMNS))


def yearly_outlays_table(case: Any, draws: Draws, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """What each pot pays out in a year over the price paths, musd, not discounted: mean, 5 %, median, 95 %
    and worst.

    Grants, equity and loans when disbursed, contract payments net of what plants pay back, and stock at its expected
    price, as in ``outlays``, whose kinds add up to ``expected_musd``. A bad year of one pot need not be one of another,
    so only the means can be added. Years in which a pot pays nothing on any path are left out.
    """
    awards, weight = instance.awards, instance.awards.path_weight
    total = {row.programme: np.zeros((len(weight), len(awards.outlay_years))) for row in case.rows("programmes")}
    for kind in INSTRUMENTS:
        for option, amount in outcome.awards[kind].items():
            total[option[2]] += amount * awards.spend_share[option[:2]]
    signed = {offer: volume for offer, volume in outcome.awards["volume"].items() if volume}
    for offer, payments in payments_by_year(case, draws, signed).items():
        total[awards.contracts.programme[offer[0]]] += signed[offer] * payments
    for (stock, year), tranche in awards.stock.tranche_of.items():
        spent = awards.stock.price[stock, year] * outcome.awards["purchase_rate"].get((stock, tranche), 0.0)
        programme = awards.stock.programme[stock]
        if spent and programme in total:
            total[programme][:, awards.outlay_years.index(year)] += spent
    rows = [
        (programme, year, *_spread(paid[:, column], weight))
        for programme, paid in total.items()
        for column, year in enumerate(awards.outlay_years)
        if np.any(paid[:, column] != 0.0)
    ]
    return pd.DataFrame(rows, columns=list(YEARLY_COLUMNS))


def _spread(paid: FloatArray, weight: FloatArray) -> tuple[float, ...]:
    quantiles = (float(quantile(paid, weight, q)) for q in (0.05, 0.5, 0.95))
    return float(weight @ paid), *quantiles, float(paid.max())
