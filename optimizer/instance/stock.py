"""Stock purchase plans in numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.award_numbers import StockPlanNumbers
from optimizer.instance.market import Market


def stock_plan_numbers(case: Any, paths: Any, market: Market) -> StockPlanNumbers:
    """Tranches, purchase prices at the expected price, and days-of-cover targets (kt, musd)."""
    horizon = case.settings.horizon
    years = range(horizon.first_year, horizon.last_year + 1)
    out = StockPlanNumbers()
    tranches: list[tuple[str, int]] = []
    for row in case.rows("stockpiles"):
        name = row.stockpile
        out.opening[name] = row.opening_t / 1000.0
        out.capacity[name] = None if row.capacity_t is None else row.capacity_t / 1000.0
        out.loss[name] = row.loss_per_year
        out.rate_limit[name] = row.max_purchase_t_per_year / 1000.0
        if row.programme is None or not row.tranches:
            continue
        programme = case.row("programmes", row.programme)
        out.programme[name] = row.programme
        price = np.asarray(market.inside(row.region, row.material))
        expected = paths.weight @ price if price.ndim == 2 else price
        tranches.extend((name, first) for first in row.tranches)
        for year in years:
            begun = [first for first in row.tranches if first <= year]
            if begun and programme.first_year <= year <= programme.last_year:
                out.tranche_of[name, year] = max(begun)
                position = paths.years.index(year)
                out.price[name, year] = float(expected[position]) * (1.0 + row.purchase_premium)
    _add_cover_targets(case, out)
    return replace(out, tranches=tuple(tranches))


def _add_cover_targets(case: Any, out: StockPlanNumbers) -> None:
    base = case.settings.horizon.first_year
    for target in (row for row in case.rows("targets") if row.kind == "days_of_cover"):
        held = [
            s.stockpile for s in case.rows("stockpiles") if (s.region, s.material) == (target.region, target.material)
        ]
        out.cover_miss_price[target.target] = target.price_usd_per_kg if target.mode == "priced" else None
        for year in range(max(base, target.first_year), min(case.settings.horizon.last_year, target.last_year) + 1):
            wanted = sum(
                row.base_t_per_year / 1000.0 * (1.0 + row.growth_per_year) ** (year - base)
                for row in case.rows("demand")
                if (row.region, row.material) == (target.region, target.material)
                and target.segment in ("any", row.segment)
            )
            out.cover_target[target.target, held[0], year] = target.level / 365.0 * wanted
