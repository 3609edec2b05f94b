"""British contracts: statements beside the payments that the counterparty published.

``published_days.csv``: Low Carbon Contracts Company, actual CfD generation and avoided GHG emissions (Open Government
Licence v3.0), copied from github:richardjlyon/cfd-visualiser@b1326b292e77d662b2fa52b4c7ee3508e2f3cd26,
tests/fixtures/cfd_sample.csv: offshore and onshore wind and solar, days on which the generator is paid and pays.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from optimizer.settlement import bundled_settlements, settle, settlement_files
from tests.unit.settlement.example import quotes, terms_with

HALF_HOURS = 48
LARGEST_PER_MWH = Decimal("0.0002")
"""Largest difference measured on days of more than 100 MWh, GBP/MWh."""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def allowed(mwh: Decimal) -> Decimal:
    """The price is published to four decimals; the rest is what half a penny on each half-hour adds up to, GBP."""
    return Decimal("0.00005") * mwh + HALF_HOURS * Decimal("0.005")


DAYS = rows(Path(__file__).parent / "published_days.csv")


@pytest.mark.parametrize("day", DAYS, ids=lambda day: f"{day['unit']}-{day['day']}")
def test_a_published_day_is_met(day: dict[str, str]) -> None:
    terms = terms_with(
        units__currency="GBP",
        units__price_per="MWh",
        units__quantity="MWh",
        term__first="2015-01",
        term__settlement="daily",
        payoff__form="cfd",
        payoff__strike=Decimal(day["strike_gbp_per_mwh"]),
        reference__quotes="daily",
    )
    prices = quotes({day["day"]: day["weighted_reference_gbp_per_mwh"]}, unit="GBP/MWh")
    mwh = Decimal(day["mwh"])
    delivered = [{"period": day["day"], "designation": "sold", "quantity": mwh, "unit": "MWh"}]
    difference = abs(settle(terms, prices, delivered).net - Decimal(day["payment_gbp"]))
    assert difference <= allowed(mwh)
    if mwh > 100:
        assert difference / mwh <= LARGEST_PER_MWH


def test_published_days_go_both_ways() -> None:
    assert {Decimal(day["payment_gbp"]) > 0 for day in DAYS} == {True, False}
    assert len({day["unit"] for day in DAYS}) > 5


def test_the_bundled_contract_meets_its_published_payments() -> None:
    folder = bundled_settlements()["triton-knoll"]
    published = {row["period"]: Decimal(row["payment_gbp"]) for row in rows(folder / "published.csv")}
    files = settlement_files(folder)
    assert files.prices is not None
    lines = settle(files.terms, files.prices, files.volumes).lines
    assert [str(line.period) for line in lines] == sorted(published)
    for line in lines:
        difference = abs(line.net - published[str(line.period)])
        assert difference <= allowed(line.delivered)
        assert difference / line.delivered <= LARGEST_PER_MWH
