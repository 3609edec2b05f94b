"""A case in which a pot buys stock for days of cover and nothing else, so that its price can be worked out by hand.

Three years, one future, no disruption, a constant price. Magnets cost 20 + 0.4 × 70 = 48 USD/kg; the pot buys them in
2026 alone. A target asks for a year of defence demand, 300 × 1.02 = 306 t, in stock in 2027; each kg missed costs
100 USD.

One kt bought

- saves 100 / 1.02 = 98.0392 musd of missed target (at the public rate of 2 %),
- costs 48 + 1 musd for magnets and freight in 2026, and 0.5 × (1 + 1/1.03 + 1/1.03²) = 1.45673 musd of holding: nothing
  is released, because there is no disruption, and what is left counts for nothing,
- costs 0.2 × 48 = 9.6 musd of public funds, and uses 48 musd of the pot.

So it saves 98.0392 − 49 − 1.45673 − 9.6 = 37.98248 musd, or 0.791302 for each musd of the pot. The target takes
0.306 × 48 = 14.688 musd; more is worth nothing.
"""

from __future__ import annotations

from typing import Any

from optimizer.data import Case
from tests.small_case import small_settings, small_tables

PRICE, NEEDED = 0.791302, 14.688
"""musd saved by the next musd, and musd of the pot that the target takes."""


def one_pot(budget_musd: float = 6.0, *, yearly_cap_musd: float | None = None) -> Case:
    """The case with a pot of this size."""
    settings, tables = small_settings(), small_tables()
    settings["horizon"] = {"first_year": 2026, "last_year": 2028}
    settings["scenarios"] = {"seed": 1, "paths": 4, "futures": 1}
    evidence = {"source": "judgement", "grade": "judgement"}
    for row in tables["price_series"]:
        if row["series"] == "oxide_price":
            row.update(start_usd_per_kg=70.0, volatility_per_year=0.0, autocorrelation=0.0)
    # A plant must stand somewhere; what it makes is asked for by nobody.
    plant = tables["plants"][0]
    plant.update(status="operating", start_years=(2026,), capex_musd=0.0, capex_musd_low=0.0, capex_musd_high=0.0)
    tables["programmes"][0].update(
        budget_musd=budget_musd, last_year=2026, contract_scoring="expected", yearly_cap_musd=yearly_cap_musd
    )
    tables["stockpiles"][0].update(
        tranches=(2026,), residual_value_share=0.0, capacity_t=2000.0, max_purchase_t_per_year=1000.0
    )
    target: dict[str, Any] = {
        "target": "cover", "kind": "days_of_cover", "region": "us", "material": "magnet", "segment": "defence",
        "first_year": 2027, "last_year": 2027, "level": 365.0, "mode": "priced", "price_usd_per_kg": 100.0, **evidence,
    }  # fmt: skip
    kept = {
        **tables, "plants": [plant], "recipes": [], "contracts": [], "support": [], "disruptions": [],
        "targets": [target],
    }  # fmt: skip
    return Case.from_tables(settings, kept)
