"""Grants, public equity and public loans in numbers, by hand.

A dollar spent with the capex, half in 2026 and half in 2027, is worth 0.9 to the sponsor at 25 % and 11/12 to the
public at 20 %. The unlevered cash of the mine is worth 8.32 × (R − 20): 332.8 at 60 USD/kg and 166.4 at 40.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.award_numbers import SupportNumbers
from tests.unit.instance.hand_case import compiled, debt, flat_paths, hand_case
from tests.unit.instance.hand_case import support as row

OPTION = ("mine", 2028, "pot")
PUBLIC = 11.0 / 12.0


def support(*rows: dict[str, Any], levels: tuple[float, ...] = (60.0, 40.0), **changes: Any) -> SupportNumbers:
    """Support numbers of the mine on flat oxide paths."""
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return compiled(hand_case(changes, support=list(rows)), flat_paths(*levels)).awards.support


@pytest.mark.parametrize(
    ("most", "share", "limit"),
    # Half of 200 is 100; 30 musd if that is all there is; 20 % of 200 is 40.
    [(None, 0.5, 100.0), (30.0, 0.5, 30.0), (150.0, 0.5, 100.0), (None, 0.2, 40.0)],
)
@pytest.mark.parametrize("instrument", ["grant", "equity", "loan"])
def test_support_stays_within_its_amount_and_its_share_of_capex(
    instrument: str, most: float | None, share: float, limit: float
) -> None:
    terms = {"rate": 0.1, "tenor_years": 2} if instrument == "loan" else {}
    found = support(row(instrument, max_musd=most, max_share_of_capex=share, **terms))
    assert getattr(found, f"{instrument}_limit") == {OPTION: pytest.approx(limit)}


def test_a_grant_costs_what_it_is_when_it_is_spent() -> None:
    # (1 + 1 / 1.2) / 2 = 11 / 12.
    assert support(row("grant")).grant_net_outlay == {OPTION: pytest.approx(PUBLIC)}


def test_a_loan_is_worth_the_difference_between_hurdle_rate_and_interest() -> None:
    # At 10 % over two years a dollar costs 0.605 a year: 0.9 − 0.605 × 1.152 = 0.20304. The public loses its subsidy, a
    # quarter of 11 / 12.
    found = support(row("loan", rate=0.1, tenor_years=2))
    assert found.loan_service[OPTION] == pytest.approx((0.605, 0.605))
    assert found.loan_gain[OPTION] == pytest.approx(0.20304)
    assert found.loan_net_outlay[OPTION] == pytest.approx(PUBLIC * 0.25)


def test_a_loan_without_interest_saves_more() -> None:
    # 0.5 a year: 0.9 − 0.5 × 1.152 = 0.324.
    assert support(row("loan", tenor_years=2)).loan_gain[OPTION] == pytest.approx(0.324)


def test_common_equity_earns_its_share_of_operating_cash() -> None:
    # A dollar is 1/200 of the plant: it earns 1.664 or 0.832. The sponsor gains 0.9 less that. The public spends 11/12,
    # of which it has the fair value of 1.248 per 0.9 back: 11/12 × (1 − 1.386667) = −0.354444, a profit.
    found = support(row("equity"))
    assert found.equity_gain[OPTION] == pytest.approx(np.array([0.9 - 1.664, 0.9 - 0.832]))
    assert found.equity_net_outlay[OPTION] == pytest.approx(-0.354444, rel=1e-5)


def test_common_equity_never_pays_in() -> None:
    # At 16 USD/kg the plant loses 4 a kg; its owners get nothing and owe nothing.
    found = support(row("equity"), levels=(16.0,))
    assert found.equity_gain[OPTION] == pytest.approx(np.array([0.9]))
    assert found.equity_net_outlay[OPTION] == pytest.approx(PUBLIC)


def test_equity_earns_after_fixed_cost_and_tax() -> None:
    # At 40: 100 − 20 = 80 and 200 − 20 = 180 before tax, 60 and 135 after 25 %: 60 × 0.64 + 135 × 0.512 = 107.52, over
    # 200: 0.5376.
    changes: dict[str, Any] = {"plants__mine__tax_rate": 0.25, "plants__mine__fixed_opex_musd_per_year": 20.0}
    found = support(row("equity"), levels=(40.0,), **changes)
    assert found.equity_gain[OPTION] == pytest.approx(np.array([0.9 - 0.5376]))


def test_preferred_equity_is_redeemed_with_its_return() -> None:
    # 10 % while building and for two years: 1.155 × 1.21 = 1.39755 in 2030, worth 0.4096 of that: 0.572436 on every
    # path. The sponsor gains 0.9 − 0.572436; the public has 0.572436 / 0.9 = 0.636041 of its money back.
    found = support(row("equity", equity_form="preferred", rate=0.1, tenor_years=2))
    assert found.equity_gain[OPTION] == pytest.approx(np.array([0.327564, 0.327564]), rel=1e-5)
    assert found.equity_net_outlay[OPTION] == pytest.approx(PUBLIC * (1.0 - 0.636041), rel=1e-5)


def test_preferred_equity_at_the_hurdle_rate_is_worth_what_it_costs() -> None:
    found = support(row("equity", equity_form="preferred", rate=0.25, tenor_years=2))
    assert found.equity_gain[OPTION] == pytest.approx(np.zeros(2), abs=1e-12)
    assert found.equity_net_outlay[OPTION] == pytest.approx(0.0, abs=1e-12)


def test_only_starts_within_the_years_of_the_programme_are_supported() -> None:
    changes: dict[str, Any] = {"plants__mine__start_years": (2027, 2028), "programmes__pot__first_year": 2028}
    found = support(row("grant"), row("equity"), row("loan", rate=0.1, tenor_years=2), **changes)
    assert list(found.grant_limit) == list(found.equity_limit) == list(found.loan_limit) == [OPTION]


def test_private_debt_is_nobodys_support() -> None:
    assert support(debt()) == SupportNumbers()


def test_scoring_rules_of_a_pot() -> None:
    changes = {
        "programmes.pot.contract_scoring": "cvar",
        "programmes.pot.scoring_alpha": 0.9,
        "programmes.pot.equity_score_share": 0.6,
        "programmes.pot.yearly_cap_musd": 70.0,
    }
    found = compiled(hand_case(changes), flat_paths(60.0)).awards.programmes
    assert (found.budget, found.scoring, found.alpha) == ({"pot": 1000.0}, {"pot": "cvar"}, {"pot": 0.9})
    assert (found.loan_score, found.equity_score, found.yearly_cap) == ({"pot": 0.25}, {"pot": 0.6}, {"pot": 70.0})
