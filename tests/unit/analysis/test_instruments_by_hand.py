"""Nine ways to buy the same plant, each worked out on paper (the plant and its two prices: see ``two_prices``).

1 kt a year for two years at a cost of 40 USD/kg and a price of 50 or 90, 60 musd of capital, no rates, no debt. Unaided
the sponsor makes −40 or +40 musd and may lose half of its own money in the worse half of the paths. 3 kt a year are
bought in the us, where nobody else makes any; a supplier in china can sell 10 kt a year.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.analysis.alone import Outlook
from optimizer.analysis.instrument_choice.choice import Choice
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.deterrence import FloatArray, Slump, closing_price, loss_price
from optimizer.analysis.instrument_choice.findings import findings
from optimizer.analysis.instrument_choice.protection import protected_market
from optimizer.analysis.instrument_choice.tables import (
    instruments_table,
    least_terms_table,
    quantiles_table,
    totals_table,
)
from optimizer.data import Case
from optimizer.data.row import Row
from tests.small_case import small_case, small_tables
from tests.unit.analysis.two_prices import two_price_case, two_prices

EVIDENCE = {"source": "judgement", "grade": "judgement"}


def bought_in_the_us(case: Case, **changed: Any) -> Case:
    """The case of two prices with demand for its product, a supplier in china, a collar and a loan."""
    tables = small_tables()
    bought = {"segment": "civil", "material": "oxide", "base_t_per_year": 3000.0, "growth_per_year": 0.0}
    sold = {"supplier": "china_oxide", "material": "oxide", "quantity_t_per_year": 10000.0, "growth_per_year": 0.0}
    floor = dict(case.rows("contracts")[0])
    collar = {**floor, "contract": "oxide_collar", "form": "collar", "collar_width_usd_per_kg": 20.0}
    loan = {"plant": "us_oxide", "instrument": "loan", "programme": "us_pot", "max_musd": 100.0}
    loan |= {"max_share_of_capex": 1.0, "rate": 0.0, "tenor_years": 2, **EVIDENCE}
    more: dict[str, Any] = {
        "demand": [*tables["demand"], {**tables["demand"][1], **bought, "shortage_cost_usd_per_kg": 100.0}],
        "suppliers": [*tables["suppliers"], {**tables["suppliers"][0], **sold}],
        "contracts": [floor, collar],
        "support": [loan],
    }
    return case.replace(tables=more | changed)


def choices_of(case: Case) -> PlantChoices:
    outlook = Outlook(case, two_prices(case))
    years = outlook.paths.years
    market = protected_market(outlook.case, "us", ["us"], "oxide", years, {"us_oxide": 2027})
    return PlantChoices(outlook, "us_oxide", 2027, [market])


@pytest.fixture(scope="module")
def plant() -> PlantChoices:
    return choices_of(bought_in_the_us(two_price_case()))


@pytest.fixture(scope="module")
def found(plant: PlantChoices) -> dict[str, Choice]:
    return {choice.instrument: choice for choice in plant.all()}


@pytest.fixture(scope="module")
def table(plant: PlantChoices, found: dict[str, Choice]) -> pd.DataFrame:
    return instruments_table([(plant, list(found.values()))]).set_index("instrument")


def paid(choice: Choice) -> list[list[float]]:
    """What treasury and buyers pay at the low and at the high price, and what the sponsor makes, musd."""
    sides = (choice.treasury, choice.buyers, choice.standing.npv)
    return [[round(float(x), 6) + 0.0 for x in side] for side in sides]


def test_floor(found: dict[str, Choice]) -> None:
    # 40 − 2 (K − 50) may be 30 at most: K = 55, and 2 × 5 musd are paid at the low price.
    assert found["floor"].level == pytest.approx(55.0)
    assert paid(found["floor"]) == [[10.0, 0.0], [0.0, 0.0], [-30.0, 40.0]]


def test_two_way(found: dict[str, Choice]) -> None:
    # 2 (K − 50) or 2 (K − 90): nothing on average at K = 70, below which the mean return is missed.
    assert found["cfd"].level == pytest.approx(70.0)
    assert paid(found["cfd"]) == [[40.0, -40.0], [0.0, 0.0], [0.0, 0.0]]


def test_collar(found: dict[str, Choice]) -> None:
    # Width 20: 2 (K − 50) at the low price, −2 (90 − K − 20) at the high one; the mean, 2 K − 120, is nothing at 60.
    assert found["collar"].level == pytest.approx(60.0)
    assert paid(found["collar"]) == [[20.0, -20.0], [0.0, 0.0], [-20.0, 20.0]]


def test_purchase(found: dict[str, Choice], table: pd.DataFrame) -> None:
    # All output at K instead of 50 or 90: as the two-way contract. The pot is charged 2 × 70 whatever is got back.
    assert found["purchase"].level == pytest.approx(70.0)
    assert paid(found["purchase"]) == [[40.0, -40.0], [0.0, 0.0], [0.0, 0.0]]
    assert table.loc["purchase", "scored_musd"] == pytest.approx(140.0)


def test_grant(found: dict[str, Choice]) -> None:
    # 40 − g lost of 60 − g put in, of which half may be lost: g = 20.
    assert found["grant"].level == pytest.approx(20.0)
    assert paid(found["grant"]) == [[20.0, 20.0], [0.0, 0.0], [-20.0, 60.0]]


def test_equity(found: dict[str, Choice]) -> None:
    # It takes e/60 of 20 or 100 musd: 2e/3 less lost, and 2e/3 less won. 40 − 2e/3 ≤ (60 − e)/2 holds from e = 60 on.
    assert found["equity"].level == pytest.approx(60.0)
    assert paid(found["equity"]) == [[40.0, -40.0], [0.0, 0.0], [0.0, 0.0]]


def test_loan(found: dict[str, Choice], table: pd.DataFrame) -> None:
    # At no interest it changes neither −40 nor +40, and takes away from what the sponsor may lose.
    assert found["loan"].level is None
    assert not found["loan"].viable
    assert table.loc["loan", "level"] == "none is enough"
    assert np.isnan(table.loc["loan", "treasury_expected_musd"])


def test_tariff(found: dict[str, Choice]) -> None:
    # 2 × 50 r musd more at the low price: r = 10 %, and 2 × 9 more at the high one. Buyers pay it on 3 kt a year, 2 kt
    # of them imported: 30 or 54, of which 20 or 36 are revenue.
    assert found["tariff"].level == pytest.approx(0.10)
    assert paid(found["tariff"]) == [[-20.0, -36.0], [30.0, 54.0], [-30.0, 58.0]]


def test_border_floor(found: dict[str, Choice]) -> None:
    # The floor's strike; 5 USD/kg at the low price on 3 kt a year for two years, 20 of these 30 musd revenue.
    assert found["border_floor"].level == pytest.approx(55.0)
    assert paid(found["border_floor"]) == [[-20.0, 0.0], [30.0, 0.0], [-30.0, 40.0]]


def test_what_each_costs_treasury_and_buyers(table: pd.DataFrame) -> None:
    # Means of the two paths; per kg of the 2 kt made. P95 is the worse path.
    together = table["public_and_buyers_expected_musd"]
    assert together[["floor", "two-way CfD", "grant", "tariff", "border floor"]].tolist() == pytest.approx(
        [5.0, 0.0, 20.0, 14.0, 5.0]
    )
    assert table.loc["tariff", "public_and_buyers_usd_per_kg"] == pytest.approx(7.0)
    assert table.loc["tariff", "buyers_p95_musd"] == pytest.approx(54.0)
    assert table.loc["two-way CfD", ["treasury_worst_musd", "treasury_best_musd"]].tolist() == pytest.approx([40, -40])


def test_what_the_plant_outlasts(table: pd.DataFrame) -> None:
    # It costs 40: a grant leaves it there, a floor of 55 pays 15 more than it costs at any price, a tariff of 10 %
    # helps down to 40 / 1.1. Today's price is 80.
    closes = table["survives_price_usd_per_kg"]
    assert closes[["floor", "two-way CfD", "purchase", "border floor"]].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert closes[["grant", "tariff"]].tolist() == pytest.approx([40.0, 40.0 / 1.1])
    assert table.loc["grant", "survives_slump_share"] == pytest.approx(0.5)


def test_how_long_and_at_what_price_for_the_predator(table: pd.DataFrame) -> None:
    # Dumped to half of the long-run 70, it loses 5 musd a year of the 60 − 20 that are its own: 8 years. To get there
    # china's 10 kt a year must fetch 40 instead of 70.
    assert table.loc["grant", "dumping_price_usd_per_kg"] == pytest.approx(35.0)
    assert table.loc["grant", "ruined_after_years"] == pytest.approx(8.0)
    assert table.loc["grant", "predator_loses_musd_per_year"] == pytest.approx(300.0)
    assert np.isnan(table.loc["floor", "ruined_after_years"])


def test_what_the_sponsor_keeps_and_what_still_moves(table: pd.DataFrame) -> None:
    # Above 60 the collar takes what is over 80: of 30 USD/kg at the high price, 20 are kept. Income a kg is 50 or 90
    # with a grant, 55 or 90 with the floor, 55 or 99 with the tariff: half of the difference is the deviation.
    kept = table["upside_kept_share"]
    assert kept[["floor", "two-way CfD", "collar", "purchase", "tariff"]].tolist() == pytest.approx([1, 0, 2 / 3, 0, 1])
    assert kept["equity"] == pytest.approx(0.0)
    spread = table["income_spread_usd_per_kg"]
    assert spread[["grant", "floor", "two-way CfD", "tariff"]].tolist() == pytest.approx([20.0, 17.5, 0.0, 22.0])


def test_a_stated_strike_is_priced_whether_it_is_enough_or_not(plant: PlantChoices) -> None:
    # At 52 the floor pays 4 musd where 10 are needed; a border floor as much on the plant's tonnes, 12 to all.
    stated = {choice.instrument: choice for choice in plant.all(52.0) if choice.stated}
    assert set(stated) == {"floor", "cfd", "collar", "purchase", "border_floor"}
    assert paid(stated["floor"])[0] == [4.0, 0.0]
    assert paid(stated["border_floor"])[:2] == [[-8.0, 0.0], [12.0, 0.0]]
    assert not stated["floor"].viable


def test_what_is_sold_outside_is_not_protected() -> None:
    # With 0.5 kt bought inside, half of the output gains: 2 × 0.5 × 50 r ≥ 10 asks for 20 %, and buyers pay 10 or 18.
    case = bought_in_the_us(two_price_case())
    demand = [
        {**row, "base_t_per_year": 500.0} if row.material == "oxide" else dict(row) for row in case.rows("demand")
    ]
    plant = choices_of(case.replace(tables={"demand": demand}))
    tariff = plant.border("tariff", plant.markets[0])
    assert tariff.level == pytest.approx(0.20)
    assert paid(tariff)[:2] == [[0.0, 0.0], [10.0, 18.0]]
    table = instruments_table([(plant, [tariff])])
    assert "no imports are left to tax" in " ".join(findings([plant], table, totals_table([(plant, [tariff])])))


def test_a_plant_that_is_viable_unaided_needs_none() -> None:
    # At a cost of 35 it makes −30 or +50 musd, which is enough.
    plant = choices_of(bought_in_the_us(two_price_case(plant={"opex_usd_per_kg": 35.0})))
    found = list(plant.all())
    assert {choice.level for choice in found} == {0.0}
    assert all(not choice.treasury.any() and not choice.buyers.any() for choice in found)
    table = instruments_table([(plant, found)])
    assert set(table["level"]) == {"none is needed"}
    assert "needs nothing" in findings([plant], table, totals_table([(plant, found)]))[0]
    assert totals_table([(plant, found)]).empty
    both = findings([plant, plant], table, totals_table([(plant, found)] * 2))
    assert both[0].startswith("Viable unaided, so that nothing is needed")


def test_a_market_without_buyers_protects_nobody() -> None:
    plant = choices_of(two_price_case())
    tariff = plant.border("tariff", plant.markets[0])
    table = instruments_table([(plant, [tariff])])
    assert table.loc[0, "why_not"] == "nobody in us buys oxide"


def test_a_plant_that_never_covers_its_cash_cost_has_no_closing_price() -> None:
    # At a cost of 500 a floor of 52 and any price up to four times today's 80 lose cash.
    plant = choices_of(bought_in_the_us(two_price_case(plant={"opex_usd_per_kg": 500.0})))
    row = instruments_table([(plant, [plant.contract("floor", 52.0)])]).iloc[0]
    assert np.isnan(row["survives_price_usd_per_kg"])
    assert np.isnan(row["loses_cash_above_usd_per_kg"])
    assert row["survives_slump_share"] == 0.0


def test_side_by_side_and_quantiles(plant: PlantChoices, found: dict[str, Choice], table: pd.DataFrame) -> None:
    line = least_terms_table(table.reset_index()).iloc[0]
    assert (line["floor_usd_per_kg"], line["grant_musd"], line["tariff_share"]) == pytest.approx((55.0, 20.0, 0.10))
    assert np.isnan(line["loan_musd"])
    quantiles = quantiles_table([(plant, list(found.values()))])
    floor = quantiles[(quantiles["instrument"] == "floor") & (quantiles["who"] == "treasury")]
    by_share = dict(zip(floor["quantile_share"], floor["present_value_musd"], strict=True))
    assert (by_share[0.0], by_share[0.5], by_share[0.75], by_share[1.0]) == pytest.approx((0.0, 0.0, 10.0, 10.0))


def test_one_border_measure_serves_two_plants_of_one_product(plant: PlantChoices, found: dict[str, Choice]) -> None:
    # Twice the plant: contracts are paid twice, the tariff once, and what it costs is spread over twice the tonnes.
    both = [(plant, list(found.values()))] * 2
    totals = totals_table(both).set_index("instrument")
    assert totals.loc["floor", "treasury_expected_musd"] == pytest.approx(10.0)
    assert totals.loc["tariff", "buyers_expected_musd"] == pytest.approx(42.0)
    assert totals.loc["tariff", "public_and_buyers_usd_per_kg"] == pytest.approx(3.5)
    assert totals.loc["loan", "plants"] == 0


def test_what_a_loan_would_not_see_again() -> None:
    # Cash of 10 a year at the low price, service of 30 on a loan of 60: 2 × 20 musd are missed; at the high one, none.
    case = bought_in_the_us(two_price_case())
    plant = choices_of(case)
    unpaid = plant.unpaid(60.0, np.array([30.0 / 60.0, 30.0 / 60.0]), debt=0.0)
    assert unpaid.tolist() == pytest.approx([40.0, 0.0])


def test_a_contract_on_an_input_pays_back_more_than_the_plant_earns_at_high_prices() -> None:
    # A magnet is 20 + 0.4 × oxide, 48 at the long-run 70 of oxide, and costs 15 + 0.4 × 70 = 43 to make. When its price
    # moves by 1, the oxide that drives it moves by 2.5: a two-way contract at 80 on oxide leaves P − 43 + 80 − 70 −
    # 2.5 (P − 48) = 87 − 1.5 P, nothing at 58. Oxide is worth nothing from P = 20 down, where P − 43 + 80 is left.
    case = small_case()
    row = Row({**case.row("contracts", "magnet_cfd"), "series": "oxide_price"})
    slump = Slump(case, case.row("plants", "us_magnet"), row)
    prices = np.array([10.0, 48.0, 60.0])
    cash = slump.margin(prices) + slump.payment(prices, 80.0)
    assert cash.tolist() == pytest.approx([47.0, 15.0, -3.0])

    def kept(price: FloatArray) -> FloatArray:
        return slump.margin(price) + slump.payment(price, 80.0)

    assert closing_price(kept, slump.today, slump.top(80.0), slump.kinks(80.0)) == 0.0
    assert loss_price(kept, slump.today, slump.top(80.0), slump.kinks(80.0)) == pytest.approx(58.0)


def test_a_contract_on_another_price_protects_from_nothing() -> None:
    # Without a link the reference stands at its long run: 70 against a strike of 80 pays 10 at any price of a magnet.
    tables = small_tables()
    metal = {**tables["price_series"][0], "series": "metal_price"}
    case = small_case(tables={"price_series": [*tables["price_series"], metal]})
    row = Row({**case.row("contracts", "magnet_cfd"), "series": "metal_price"})
    slump = Slump(case, case.row("plants", "us_magnet"), row)
    assert slump.payment(np.array([1.0, 48.0, 90.0]), 80.0).tolist() == pytest.approx([10.0, 10.0, 10.0])
