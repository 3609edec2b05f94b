"""Variations of the small case with a conflict planted in them, and with none."""

from __future__ import annotations

from typing import Any

from optimizer.data import Case
from tests.small_case import small_settings, small_tables

EVIDENCE = {"source": "judgement", "grade": "judgement"}


def target(name: str, kind: str, level: float, first: int, last: int, **more: Any) -> dict[str, Any]:
    """A hard target of magnets in the us."""
    return {
        "target": name,
        "kind": kind,
        "region": "us",
        "material": "magnet",
        "first_year": first,
        "last_year": last,
        "level": level,
        "mode": "hard",
        **more,
        **EVIDENCE,
    }


def stock_case(days: float = 30.0, **changes: Any) -> Case:
    """No plant at all; a stock of magnets that must cover some days of demand from 2028 on.

    In 2028 civil demand is 4,000 × 1.05² = 4,410 t and defence 300 × 1.02² = 312 t; 30 days of it are 388 t. A purchase
    limit of 400 t/yr over three years and a capacity of 2,000 t are enough; by 2035 30 days are 538 t.
    ``changes`` are figures of the pot (``programme_…``) and of the stockpile.
    """
    tables = small_tables()
    for name in ("plants", "recipes", "contracts", "support"):
        tables[name] = []
    tables["plants"] = [shed()]
    for column, value in changes.items():
        if column.startswith("programme_"):
            tables["programmes"][0][column.removeprefix("programme_")] = value
        else:
            tables["stockpiles"][0][column] = value
    tables["targets"] = [target("cover", "days_of_cover", days, 2028, 2035)]
    return Case.from_tables(small_settings(), tables)


def mill(**changes: Any) -> dict[str, Any]:
    """The magnet plant without inputs, so that it can serve compliant demand alone."""
    plant = next(dict(row) for row in small_tables()["plants"] if row["plant"] == "us_magnet")
    return plant | {"ramp": "two_years"} | changes


def shed() -> dict[str, Any]:
    """A plant that runs anyway and makes next to nothing: a case must have a plant."""
    known = ("capex_musd_low", "capex_musd_high")
    plant = {name: value for name, value in mill().items() if name not in known}
    return plant | {"status": "operating", "start_years": (2026,), "capacity_t_per_year": 1.0, "capex_musd": 0.0}


def mill_case(
    *, plant: dict[str, Any] | None = None, contract: dict[str, Any] | None = None, pot: dict[str, Any] | None = None,
    support: list[dict[str, Any]] | None = None, first: int = 2030,
) -> Case:  # fmt: skip
    """One candidate that alone can serve compliant defence demand, of which 90 % must be met in calm years from 2030.

    A magnet trades at 48 USD/kg in the long run; the plant needs 60 and its capital. The pot is large.
    """
    tables = small_tables()
    tables["recipes"] = []
    tables["plants"] = [mill(**{"opex_usd_per_kg": 60.0, **(plant or {})})]
    offer = next(dict(row) for row in tables["contracts"] if row["contract"] == "magnet_cfd")
    tables["contracts"] = [offer | {"strike_max_usd_per_kg": 120.0} | (contract or {})]
    tables["support"] = [row | EVIDENCE for row in support or []]
    tables["stockpiles"] = []
    tables["eligibility"] = [row for row in tables["eligibility"] if row["instrument"] != "stockpile"]
    tables["programmes"][0] |= {"budget_musd": 20000.0} | (pot or {})
    tables["targets"] = [
        target("served", "service_level", 0.9, first, 2035, segment="defence", futures="calm"),
    ]
    return Case.from_tables(small_settings(), tables)


def trade_case(share: float, service: float, futures: str = "calm") -> Case:
    """All magnets come from china; at most ``share`` may, and ``service`` of civil demand must be met."""
    tables = small_tables()
    for name in ("recipes", "contracts", "support", "stockpiles", "eligibility", "programmes"):
        tables[name] = []
    tables["plants"] = [shed()]
    tables["targets"] = [
        target("limit", "share_limit", share, 2030, 2035, origin="china", futures="calm"),
        target("served", "service_level", service, 2030, 2035, segment="civil", futures=futures),
    ]
    return Case.from_tables(small_settings(), tables)


def grant_case() -> Case:
    """The mill without a contract: at 35 USD/kg it earns 13 USD/kg, and a grant of 10 musd does not make up for that.

    Without an over-compensation cap, which would be in the way of a grant large enough for the bad tail.
    """
    case = mill_case(
        plant={"opex_usd_per_kg": 35.0, "profit_cap_share": None, "start_years": (2026,)},
        support=[
            {
                "plant": "us_magnet",
                "instrument": "grant",
                "programme": "us_pot",
                "max_musd": 10.0,
                "max_share_of_capex": 1.0,
            }
        ],
    )
    return case.replace(tables={"contracts": []})
