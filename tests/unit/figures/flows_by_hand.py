"""Quantities of the small case in 2030, written down by hand: a calm future and one with an embargo.

The magnet plant makes 1,000 t of compliant magnets of 400 t of oxide. 300 t go to defence; the other 700 t are used
with what comes from china: 3,000 t in calm, 300 t in the embargo, when 100 t come from stock and civil users go 2,600 t
short of 3,700.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.data import Case
from tests.small_case import small_case

CALM, BAN = "calm", "f01-ban"


def _rows(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split())


def detail() -> dict[str, pd.DataFrame]:
    """Tables of what happens in the two futures."""
    both = (CALM, BAN)
    return {
        "production": _rows(
            "future year plant region stream t_per_year",
            *[(f, 2030, "us_magnet", "us", "compliant", 1000.0) for f in both],
            *[(f, 2030, "us_oxide", "us", "compliant", 400.0) for f in both],
        ),
        "purchases": _rows(
            "future year supplier step region material t_per_year",
            (CALM, 2030, "china_magnets", 1, "china", "magnet", 3000.0),
            (BAN, 2030, "china_magnets", 1, "china", "magnet", 300.0),
        ),
        "flows": _rows(
            "future year material stream from_region to_region t_per_year",
            (CALM, 2030, "magnet", "any", "china", "us", 3000.0),
            (BAN, 2030, "magnet", "any", "china", "us", 300.0),
        ),
        "scrap": _rows("future year region scrap_material from_material t_per_year"),
        "unused": _rows(
            "future year region material stream t_per_year downgraded_t_per_year",
            *[(f, 2030, "us", "magnet", "compliant", 0.0, 700.0) for f in both],
        ),
        "stock_levels": _rows(
            "future stockpile year stock_t release_t not_found_t",
            (CALM, "magnet_stock", 2029, 500.0, 0.0, 0.0),
            (CALM, "magnet_stock", 2030, 500.0, 0.0, 0.0),
            (BAN, "magnet_stock", 2029, 500.0, 0.0, 0.0),
            (BAN, "magnet_stock", 2030, 400.0, 100.0, 0.0),
        ),
    }


def tables() -> dict[str, pd.DataFrame]:
    """The run's tables, the plan alone."""
    demand = [
        ("calm", "defence", 300.0, 0.0), ("calm", "civil", 3700.0, 0.0),
        ("embargo", "defence", 300.0, 0.0), ("embargo", "civil", 3700.0, 2600.0),
    ]  # fmt: skip
    return {
        **detail(),
        "futures": _rows(
            "future probability year disrupted_share",
            (CALM, 0.6, 2029, 0.0), (CALM, 0.6, 2030, 0.0), (BAN, 0.4, 2029, 0.0), (BAN, 0.4, 2030, 0.5),
        ),
        "shortfall": pd.DataFrame(
            [
                {"plan": "with", "condition": condition, "region": "us", "segment": segment, "material": "magnet",
                 "year": 2030, "demand_t": wanted, "shortfall_t": missed, "share_met": 1.0 - missed / wanted}
                for condition, segment, wanted, missed in demand
            ]
        ),
        "supply": pd.DataFrame(
            [
                {"plan": "with", "condition": "calm", "material": "magnet", "year": 2030, "origin": origin,
                 "supply_t": amount, "share": amount / 4000.0}
                for origin, amount in (("us", 1000.0), ("china", 3000.0))
            ]
        ),
    }  # fmt: skip


@dataclass
class RunByHand:
    """Stands where a solution would."""

    case: Case = field(default_factory=small_case)
    tables: dict[str, pd.DataFrame] = field(default_factory=tables)
