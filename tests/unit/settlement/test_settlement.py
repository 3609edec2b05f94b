"""Statements worked by hand: each rule of the terms on figures small enough to follow."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from optimizer.settlement import settle
from tests.unit.settlement.example import months, quotes, settled, terms_with, volumes

QUARTER = {"2026-01": 90, "2026-02": 100, "2026-03": 104}
"""Mean 98: 12 USD/kg below a strike of 110."""
SOLD = volumes(("2026-Q1", "sold", 500))


def test_floor_on_the_mean_of_monthly_quotes() -> None:
    (line,) = settled(QUARTER, SOLD).lines
    # 12 USD/kg × 500,000 kg.
    assert (line.reference, line.paid_for, line.support, line.payback) == (98, 500, 6_000_000, 0)


def test_monthly_settlement_pays_each_month_on_its_own_quote() -> None:
    statement = settled(QUARTER, volumes(("2026-01", "sold", 1), ("2026-03", "sold", 2)), term__settlement="monthly")
    # 20 × 1,000 in January, 6 × 2,000 in March; February has no deliveries and no line.
    assert [(str(line.period), line.support, line.balance) for line in statement.lines] == [
        ("2026-01", 20_000, 20_000),
        ("2026-03", 12_000, 32_000),
    ]


@pytest.mark.parametrize(
    ("changes", "support", "payback"),
    [
        # Reference 150 throughout, 1 t. Floor: nothing; with 30 % above the strike 0.3 × 40; above 140 0.3 × 10.
        ({}, 0, 0),
        ({"payoff__upside_share": 0.3}, 0, 12_000),
        ({"payoff__upside_share": 0.3, "payoff__upside_threshold": 140}, 0, 3_000),
        ({"payoff__upside_share": 0.3, "payoff__upside_from": "never"}, 0, 0),
        ({"payoff__upside_share": 0.3, "payoff__upside_from": "2026-04"}, 0, 0),
        ({"payoff__upside_share": 0.3, "payoff__upside_from": "2026-01"}, 0, 12_000),
        # A threshold below the strike counts as the strike.
        ({"payoff__upside_share": 0.3, "payoff__upside_threshold": 90}, 0, 12_000),
        ({"payoff__form": "cfd"}, 0, 40_000),
        ({"payoff__form": "collar", "payoff__collar_width": 25}, 0, 15_000),
        ({"payoff__form": "purchase"}, 110_000, 0),
    ],
)
def test_forms_above_the_strike(changes: dict[str, object], support: int, payback: int) -> None:
    (line,) = settled(months(2026, [150] * 3), volumes(("2026-Q1", "sold", 1)), **changes).lines
    assert (line.support, line.payback, line.net) == (support, payback, support - payback)


def test_cap_on_what_is_paid_back_runs_through_the_calendar_year_and_starts_anew() -> None:
    terms = {"payoff__form": "cfd", "payoff__upside_cap_million_per_year": 0.05}
    prices = months(2026, [140] * 12) | months(2027, [140] * 3)
    delivered = volumes(*((f"{year}-Q{quarter}", "sold", 1) for year, quarter in ((2026, 1), (2026, 2), (2027, 1))))
    statement = settled(prices, delivered, **terms)
    # 30,000 are due each quarter; 50,000 a year is the most.
    assert [(line.payback_due, line.payback) for line in statement.lines] == [
        (30_000, 30_000),
        (30_000, 20_000),
        (30_000, 30_000),
    ]
    assert statement.net == -80_000
    assert statement.totals_by_year()[2026]["payback_usd"] == 50_000


def test_a_lag_takes_the_quotes_of_earlier_months() -> None:
    prices = {"2025-11": 80, "2025-12": 90, "2026-01": 100, "2026-02": 500, "2026-03": 500}
    (line,) = settled(prices, SOLD, reference__lag_months=2).lines
    assert line.reference == 90
    assert [str(quote) for quote in line.quotes] == ["2025-11", "2025-12", "2026-01"]


@pytest.mark.parametrize(
    ("quoted", "wanted", "reference"),
    [("included", "excluded", 100), ("excluded", "included", Decimal("127.69")), ("excluded", "excluded", 113)],
)
def test_tax_is_taken_out_or_put_in(quoted: str, wanted: str, reference: Decimal) -> None:
    # 113 with 13 % of tax is 100 without; 113 without is 127.69 with.
    prices = quotes(months(2026, [113] * 3), vat=quoted)
    (line,) = settled(prices, SOLD, reference__vat=wanted, reference__vat_rate=0.13).lines
    assert line.reference == reference


def test_a_strike_indexed_by_a_rate_and_rounded() -> None:
    prices = months(2026, [0] * 3) | months(2028, [0] * 3)
    terms = {"indexation__rule": "rate", "indexation__base_year": 2026, "indexation__rate": 0.025}
    delivered = volumes(("2026-Q1", "sold", 1), ("2028-Q1", "sold", 1))
    # 110 × 1.025² = 115.56875.
    assert [line.strike for line in settled(prices, delivered, **terms).lines] == [110, Decimal("115.56875")]
    assert settled(prices, delivered, indexation__decimals=2, **terms).lines[1].strike == Decimal("115.57")


def test_a_strike_indexed_from_april_by_a_price_index() -> None:
    terms = {
        "indexation__rule": "index",
        "indexation__base_year": 2025,
        "indexation__index": {"2025": 200, "2026": 210},
        "indexation__from_month": 4,
    }
    delivered = volumes(("2026-Q1", "sold", 1), ("2026-Q2", "sold", 1))
    # Until March the index of 2025 holds; then 110 × 210 / 200 = 115.5.
    assert [line.strike for line in settled(months(2026, [0] * 6), delivered, **terms).lines] == [
        110,
        Decimal("115.5"),
    ]


def test_what_is_stockpiled_and_paid_for_is_not_paid_for_again_when_sold() -> None:
    prices = months(2026, [100] * 6)
    delivered = volumes(
        ("2026-Q1", "stockpiled", 100, "A"),
        ("2026-Q1", "sold", 20),
        ("2026-Q2", "sold", 60, "A"),
        ("2026-Q2", "sold", 10),
        ("2026-Q2", "sampled", 5),
    )
    first, second = settled(prices, delivered).lines
    assert (first.delivered, first.already_paid, first.paid_for) == (120, 0, 120)
    assert (second.delivered, second.already_paid, second.not_covered, second.paid_for) == (75, 60, 5, 10)
    # 10 USD/kg on 120 t, then on 10 t.
    assert (first.support, second.support) == (1_200_000, 100_000)


def test_a_lot_filled_and_sold_in_one_period_is_paid_for_once() -> None:
    delivered = volumes(("2026-Q1", "sold", 40, "A"), ("2026-Q1", "stockpiled", 100, "A"))
    (line,) = settled(QUARTER, delivered).lines
    assert (line.already_paid, line.paid_for) == (40, 100)


def test_months_without_volumes_are_pointed_out() -> None:
    statement = settled(QUARTER, volumes(("2026-01", "sold", 1), ("2026-02", "sold", 1)))
    assert statement.notes == ("2026-Q1 has no volumes for 2026-03.",)


def test_a_yearly_limit_covers_the_first_units_of_each_year() -> None:
    prices = months(2026, [100] * 6) | months(2027, [100] * 3)
    delivered = volumes(("2026-Q1", "sold", 70), ("2026-Q2", "sold", 70), ("2027-Q1", "sold", 70))
    lines = settled(prices, delivered, volumes__limit_per_year=100).lines
    assert [(line.not_covered, line.paid_for) for line in lines] == [(0, 70), (40, 30), (0, 70)]


def test_a_contracted_quantity_is_spread_over_the_periods_that_have_their_quotes() -> None:
    statement = settled(months(2026, [100] * 8), None, volumes__contracted_per_year=400)
    # Quotes end in August, within the third quarter.
    assert [(str(line.period), line.paid_for) for line in statement.lines] == [("2026-Q1", 100), ("2026-Q2", 100)]
    assert statement.notes == ("Not settled: 2026-Q3 and later, for want of quotes after 2026-08.",)


def test_the_weighted_mean_uses_the_weights_of_the_price_file() -> None:
    rows = quotes(QUARTER)
    for row, weight in zip(rows, (1, 1, 2), strict=True):
        row["weight"] = weight
    # (90 + 100 + 2 × 104) / 4 = 99.5.
    assert settled(rows, SOLD, reference__averaging="weighted").lines[0].reference == Decimal("99.5")


def test_the_delivery_weighted_mean_and_quote_by_quote_differ_where_a_floor_bends() -> None:
    delivered = volumes(("2026-01", "sold", 1), ("2026-02", "sold", 3))
    prices = {"2026-01": 90, "2026-02": 130}
    # Delivery-weighted: (90 + 390) / 4 = 120, above the floor. Each by itself: 20 USD/kg on January's tonne.
    weighted = settled(prices, delivered, reference__averaging="delivery_weighted").lines[0]
    assert (weighted.reference, weighted.support) == (120, 0)
    each = settled(prices, delivered, reference__averaging="each").lines[0]
    assert (each.reference, each.support) == (120, 20_000)


def test_gaps_in_quotes_are_skipped_where_the_terms_say_so() -> None:
    prices = {"2026-01-05": 90, "2026-02-09": 110}
    terms = {"reference__quotes": "daily", "reference__missing": "skip"}
    assert settled(prices, SOLD, **terms).lines[0].reference == 100


def test_longer_quotes_hold_for_the_settlement_periods_within_them() -> None:
    delivered = volumes(("2026-01", "sold", 1), ("2026-04", "sold", 1))
    terms = {"term__settlement": "monthly", "reference__quotes": "quarterly"}
    lines = settled({"2026-Q1": 90, "2026-Q2": 100}, delivered, **terms).lines
    assert [line.reference for line in lines] == [90, 100]


HOURS = ("2026-01-01T10", "2026-01-01T11", "2026-01-01T12", "2026-01-01T13", "2026-01-01T14")


@pytest.mark.parametrize(
    ("rule", "reference", "price_rule", "net"),
    [
        # Prices 50, −10, −20, 0, −5 USD/MWh on 1 MWh each, strike 60, hour by hour.
        # As they are: mean 15 / 5 = 3; 10 + 70 + 80 + 60 + 65 = 285.
        ({}, 3, 0, 285),
        # Negative ones as 0: mean 10; 10 + 4 × 60 = 250.
        ({"rule": "zero"}, 10, 0, 250),
        # Unpaid: hours of 50 and 0 are left, mean 25; 10 + 60 = 70.
        ({"rule": "unpaid"}, 25, 3, 70),
        # With 0 as negative, only the hour of 50 is left.
        ({"rule": "unpaid", "zero_is_negative": True}, 50, 4, 10),
        # Only spells of two hours: the last hour counts as it is, mean 15; 10 + 60 + 65 = 135.
        ({"rule": "unpaid", "consecutive": 2}, 15, 2, 135),
        # Or as 0: mean 50 / 3; 10 + 60 + 60 = 130.
        ({"rule": "unpaid", "consecutive": 2, "shorter": "zero"}, Decimal(50) / 3, 2, 130),
        # A spell of three does not occur.
        ({"rule": "unpaid", "consecutive": 3}, 3, 0, 285),
    ],
)
def test_rules_for_negative_prices(rule: dict[str, object], reference: Decimal, price_rule: int, net: int) -> None:
    terms = terms_with(
        units__price_per="MWh",
        units__quantity="MWh",
        term__settlement="daily",
        payoff__form="cfd",
        payoff__strike=60,
        reference__quotes="hourly",
        reference__averaging="each",
    ) | {"negative_price": rule}
    prices = quotes(dict(zip(HOURS, (50, -10, -20, 0, -5), strict=True)), unit="USD/MWh")
    delivered = [{"period": hour, "designation": "sold", "quantity": 1, "unit": "MWh"} for hour in HOURS]
    (line,) = settle(terms, prices, delivered).lines
    assert line.reference is not None
    assert round(line.reference - reference, 12) == 0
    assert (line.price_rule, line.net) == (price_rule, net)


def test_a_negative_mean_is_subject_to_the_rule_too() -> None:
    prices = months(2026, [-30, 0, 0])
    assert settled(prices, SOLD, negative_price__rule="zero").lines[0].support == 55_000_000
    (line,) = settled(prices, SOLD, negative_price__rule="unpaid").lines
    assert (line.reference, line.price_rule, line.paid_for, line.support) == (-10, 500, 0, 0)


def test_units_are_converted() -> None:
    prices = quotes(months(2026, [98_000] * 3), unit="USD/t")
    delivered = [{"period": "2026-Q1", "designation": "sold", "quantity": 0.5, "unit": "kt"}]
    (line,) = settle(terms_with(), prices, delivered).lines
    assert (line.reference, line.paid_for, line.support) == (98, 500, 6_000_000)


def test_a_quote_a_thousand_times_off_is_pointed_out() -> None:
    assert settled(QUARTER, SOLD).notes == ()
    (note,) = settled(months(2026, [98_000] * 3), SOLD).notes
    assert note == "Check the units: the middle quote is 98,000.00 USD/kg, the strike 110.00 USD/kg."


def test_payments_are_rounded_and_totals_are_of_what_is_paid() -> None:
    prices = {"2026-01": "109.9949", "2026-02": "109.9949", "2026-03": "109.9951"}
    delivered = volumes(*((month, "sold", 0.001) for month in prices))
    statement = settled(prices, delivered, term__settlement="monthly")
    # 0.0051, 0.0051 and 0.0049 USD on one kg each.
    assert [line.support for line in statement.lines] == [Decimal("0.01"), Decimal("0.01"), 0]
    assert statement.net == statement.totals()["support_usd"] == Decimal("0.02")


def test_numbers_are_the_decimals_that_are_written() -> None:
    delivered = volumes(("2026-Q1", "sold", "0.001"))
    (line,) = settled(months(2026, ["109.9"] * 3), delivered, units__money_decimals=6).lines
    # In binary, 110 − 109.9 is 0.0999999999999943.
    assert line.support == Decimal("0.1")


def test_data_frames_and_files_give_the_same(tmp_path: Path) -> None:
    expected = settle(terms_with(), quotes(QUARTER), SOLD)
    prices, delivered = pd.DataFrame(quotes(QUARTER)), pd.DataFrame(SOLD)
    assert settle(terms_with(), prices, delivered) == expected
    prices.to_csv(tmp_path / "prices.csv", index=False)
    delivered.to_csv(tmp_path / "volumes.csv", index=False)
    assert settle(terms_with(), tmp_path / "prices.csv", str(tmp_path / "volumes.csv")) == expected


def test_rows_in_any_order_give_the_same() -> None:
    delivered = volumes(("2026-Q1", "stockpiled", 100, "A"), ("2026-Q2", "sold", 60, "A"), ("2026-Q1", "sold", 20))
    prices = months(2026, [90, 95, 100, 105, 110, 115])
    backwards = settled(list(reversed(quotes(prices))), list(reversed(delivered)))
    assert backwards == settled(prices, delivered)


def test_the_package_exports_the_function() -> None:
    # In a process of its own: pytest puts the modules it collects back in place of what a package exports.
    code = "import optimizer, optimizer.settlement.exact; assert callable(optimizer.settle)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_csv_and_json_carry_every_line_and_unit() -> None:
    statement = settled(QUARTER, SOLD, term__pay_after_days=45)
    header, row = statement.to_csv().splitlines()
    assert header.startswith("period,quotes,first_quote,last_quote,reference_usd_per_kg,strike_usd_per_kg,")
    # 45 days after 1 April is 16 May.
    assert row == "2026-Q1,3,2026-01,2026-03,98,110,no,500,0,0,0,500,6000000,0,0,6000000,6000000,2026-05-16"
    found = statement.to_json()
    assert found["lines"][0]["support_usd"] == found["totals"]["net_usd"] == 6_000_000
    assert found["terms"]["payoff"]["strike"] == 110
    assert found["terms"]["term"]["first"] == "2026-01"
