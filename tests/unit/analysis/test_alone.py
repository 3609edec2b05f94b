"""One plant on its own, against figures worked out on paper (see ``two_prices``)."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.analysis.alone import PlantAlone
from optimizer.analysis.least import least_equity, least_grant, least_loan, least_share, least_strike, least_tenor
from optimizer.analysis.standing import ContractTerms
from optimizer.data import Case
from optimizer.data.row import Row
from optimizer.errors import SettingError
from tests.unit.analysis.two_prices import two_price_case, two_prices


def alone_in(case: Case) -> tuple[PlantAlone, ContractTerms]:
    return PlantAlone(case, two_prices(case), "us_oxide", 2027), ContractTerms.of(case.row("contracts", "oxide_floor"))


def test_unaided_it_fails_by_its_downside_and_by_how_much() -> None:
    # It loses 40 in the worse half and may lose 30: missed by 10. On average it makes nothing, which is enough.
    alone, _ = alone_in(two_price_case())
    standing = alone.standing()
    assert (standing.viable, standing.fails) == (False, ("downside_limit",))
    assert standing.slack == pytest.approx(-10.0)
    assert standing.npv == pytest.approx([-40.0, 40.0])
    assert (standing.expected_npv, standing.tail_npv) == pytest.approx((0.0, -40.0))


def test_the_floor_it_needs() -> None:
    # A floor K pays 2 × (K − 50) at the low price: 10 musd are needed, so K = 55. It costs 10 or nothing.
    alone, floor = alone_in(two_price_case())
    found = least_strike(alone, floor)
    assert found.amount == pytest.approx(55.0)
    standing = found.standing
    assert standing.outlay == pytest.approx([10.0, 0.0])
    assert (standing.expected_outlay, standing.worst_outlay, standing.cvar_outlay(0.5)) == pytest.approx((5, 10, 10))
    assert alone.standing(floor.at(54.99)).slack == pytest.approx(-0.02)


def test_the_two_way_strike_it_needs() -> None:
    # 2 × (K − 50) at the low price, 2 × (K − 90) at the high one: 2K − 140 on average, so K = 70; nothing is left at
    # risk then. Below, it is the average that fails.
    alone, contract = alone_in(two_price_case(contract={"form": "cfd"}))
    assert least_strike(alone, contract).amount == pytest.approx(70.0)
    assert alone.standing(contract.at(69.99)).fails == ("expected_return",)


def test_the_least_tonnage_and_the_shortest_tenor() -> None:
    # At 65 the floor pays 2 × 15 musd on all of the output: a third of it brings the 10 musd. At 60 one year does.
    alone, floor = alone_in(two_price_case())
    assert least_share(alone, floor.at(65.0)).amount == pytest.approx(0.334)
    assert least_tenor(alone, floor.at(60.0), 2).amount == 1.0
    assert least_tenor(alone, floor.at(59.99), 2).amount == 2.0


def test_the_least_grant_lowers_what_may_be_lost_too() -> None:
    # 40 − g may be lost and half of 60 − g is accepted: g = 20.
    alone, _ = alone_in(two_price_case())
    assert least_grant(alone).amount == pytest.approx(20.0)
    assert least_grant(alone).standing.expected_outlay == pytest.approx(20.0)


def test_the_least_common_equity() -> None:
    # A dollar of equity earns 20/60 at the low price and 100/60 at the high one: the sponsor gains 2/3 and −2/3.
    # 40 − 2e/3 ≤ (60 − e)/2 from e = 60 on: all of the capital. What it costs on average is nothing.
    alone, _ = alone_in(two_price_case())
    found = least_equity(alone)
    assert found.amount == pytest.approx(60.0)
    assert found.standing.outlay == pytest.approx([40.0, -40.0])


def test_a_cap_on_the_gain_can_leave_no_strike() -> None:
    # At 55 it gains 5 musd on average; 5 % of its capital are 3. Less strike is too little, more is too much.
    alone, floor = alone_in(two_price_case(plant={"profit_cap_share": 0.05}))
    found = least_strike(alone, floor)
    assert found.amount is None
    # Nearest where what is missing equals what is too much: with s paid at the low price, 10 − s = s/2 − 3, s = 26/3.
    assert found.nearest == pytest.approx(50.0 + 26.0 / 6.0, abs=0.01)
    assert found.standing.slack == pytest.approx(-4.0 / 3.0, abs=0.02)


def test_a_narrow_range_of_strikes_is_found() -> None:
    # With 9 % the cap is 5.4 musd: strikes from 55 to 55.4 will do, far less than a step of the scan.
    alone, floor = alone_in(two_price_case(plant={"profit_cap_share": 0.09}))
    assert least_strike(alone, floor).amount == pytest.approx(55.0)
    assert alone.standing(floor.at(55.4)).viable
    assert alone.standing(floor.at(55.41)).fails == ("no_over_compensation",)


def test_private_debt_at_less_than_the_hurdle_rate_helps() -> None:
    # A second of life costs 25 %: discounting from 2026, when the capital is spent, a dollar of cash in 2027 and 2028
    # is worth 0.8 and 0.64. One dollar borrowed at nothing is paid back in halves: 1 − (0.8 + 0.64)/2 = 0.28 gained.
    case = two_price_case(plant={"hurdle_rate": 0.25, "loss_limit_share": 1.0})
    rows = [{"plant": "us_oxide", "instrument": "debt", "programme": None, "max_musd": None, "rate": 0.0}]
    rows[0] |= {"max_share_of_capex": 0.5, "tenor_years": 2, "debt_service_cover": 1.25}
    rows[0] |= {"source": "judgement", "grade": "judgement"}
    alone, floor = alone_in(case.replace(tables={"support": rows}))
    # The deck is the low price: cash of K − 40 = 20 a year at a floor of 60 serves 20/1.25 = 16, so 32 of debt at half
    # a dollar a year; gearing stops it at 30.
    assert alone.standing(floor.at(60.0)).loan_capacity == pytest.approx(30.0)
    assert alone.standing(floor.at(52.5)).loan_capacity == pytest.approx(20.0)
    # NPV at the floor K, low price 1.44 (K − 40) − 60, high price 1.44 × 50 − 60 = 12; debt of 0.28 D on both.
    standing = alone.standing(floor.at(60.0))
    assert standing.debt == pytest.approx(30.0)
    assert standing.npv == pytest.approx([1.44 * 20 - 60 + 8.4, 12 + 8.4])


def test_terms_that_do_not_exist_are_refused() -> None:
    case = two_price_case()
    alone, floor = alone_in(case)
    with pytest.raises(SettingError, match="no terms of a public loan"):
        least_loan(alone)
    with pytest.raises(SettingError, match="Did you mean 'tenor_years'"):
        floor.at(tenor=3)
    with pytest.raises(SettingError, match="between 0 and 1"):
        floor.at(share=1.5)
    with pytest.raises(SettingError, match="Its start years: 2027"):
        PlantAlone(case, two_prices(case), "us_oxide", 2030)
    with pytest.raises(SettingError, match="Did you mean 'us_oxide'"):
        PlantAlone(case, two_prices(case), "us_oxid", 2027)


def test_a_loan_on_given_terms_counts_against_gearing() -> None:
    case = two_price_case()
    terms = {"plant": "us_oxide", "instrument": "loan", "programme": "us_pot", "max_musd": None, "rate": 0.0}
    row = Row({**terms, "max_share_of_capex": 1.0, "tenor_years": 2, "equity_form": None})
    alone = PlantAlone(case, two_prices(case), "us_oxide", 2027, support={"loan": row})
    # Without private debt on offer the gearing cap is nil, so nothing can be lent.
    assert alone.standing(loan=10.0).margins["gearing_limit"] == pytest.approx(-10.0)
    assert not alone.standing(loan=10.0).viable


def test_another_sponsor_judges_the_same_plant_otherwise() -> None:
    alone, floor = alone_in(two_price_case())
    # One that may lose two thirds of its money (40) needs nothing; one that looks at the average alone neither.
    assert least_strike(alone.judged_by(loss_limit=2.0 / 3.0), floor).amount == 0.0
    assert alone.judged_by(alpha=0.0).standing().viable
    assert not alone.standing().viable


def test_several_contracts_add_up() -> None:
    alone, floor = alone_in(two_price_case())
    half = floor.at(55.0, share=0.5)
    assert np.allclose(alone.standing([half, half]).npv, alone.standing(floor.at(55.0)).npv)
