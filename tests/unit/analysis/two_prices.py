"""One plant under two flat prices, all rates nil: what its sponsor asks can be worked out on paper.

1,000 t/yr for two years at 40 USD/kg of cost, 60 musd of capital, and a price of 50 or of 90 USD/kg, each as likely.
Unaided it makes 2 × 10 − 60 = −40 musd or 2 × 50 − 60 = +40 musd: nothing on average, and 40 musd lost in the worse
half, where its sponsor accepts half of the 60 musd it puts in.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from optimizer.data import Case
from optimizer.scenarios.draws import PricePaths
from tests.small_case import small_settings, small_tables

LOW, HIGH = 50.0, 90.0


def two_price_case(*, plant: dict[str, Any] | None = None, contract: dict[str, Any] | None = None) -> Case:
    """The case; ``plant`` and ``contract`` change columns of its oxide plant and of its floor."""
    settings, tables = small_settings(), small_tables()
    settings["rates"] = {"social": 0.0, "public": 0.0}
    settings["viability"] = {"alpha": 0.5, "lender_quantile": 0.1}
    tables["ramps"] = [{**tables["ramps"][0], "ramp": "at_once", "operating_year": 1, "share": 1.0}]
    oxide = {
        "capacity_t_per_year": 1000.0,
        "availability": 1.0,
        "capex_musd": 60.0,
        "capex_musd_low": None,
        "capex_musd_high": None,
        "start_years": (2027,),
        "life_years": 2,
        "ramp": "at_once",
        "hurdle_rate": 0.0,
        "tax_rate": 0.0,
        "loss_limit_share": 0.5,
        "profit_cap_share": None,
        "merchant_share": 1.0,
    }
    tables["plants"] = [{**tables["plants"][0], **oxide, **(plant or {})}]
    tables["recipes"] = []
    flat = {"upside_share": 0.0, "tenor_years": 2, "settlement_lag_years": 0.0, "indexation_rate": 0.0}
    tables["contracts"] = [{**tables["contracts"][0], **flat, **(contract or {})}]
    tables["support"] = []
    return Case.from_tables(settings, tables)


def two_prices(case: Case) -> Any:
    """Draws of the two prices; nothing but paths, which is all that a plant on its own is judged on."""
    years = tuple(range(2026, 2036))
    quarterly = np.empty((2, 1, len(years), 4))
    quarterly[0], quarterly[1] = LOW, HIGH
    return SimpleNamespace(paths=PricePaths(("oxide_price",), years, quarterly, np.array([0.5, 0.5])))
