"""Why a candidate is not in the plan: the planted reason is given, and its figures hold."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.data import Case
from optimizer.explanation import Explanation, explain
from tests.small_case import small_case
from tests.unit.explanation.planted import mill_case


def without_target(case: Case) -> Case:
    """A case without its targets: nothing must be reached, so that a plan exists."""
    return case.replace(tables={"targets": []})


def row_of(explanation: Explanation) -> pd.Series:  # type: ignore[type-arg]
    """The only candidate."""
    assert explanation.plan_exists
    assert list(explanation.why_not["plant"]) == ["us_magnet"]
    return explanation.why_not.iloc[0]


def test_a_strike_menu_that_stops_too_low() -> None:
    low = without_target(mill_case(contract={"strike_max_usd_per_kg": 65.0}))
    row = row_of(explain(low))
    assert row["verdict"] == "not viable"
    assert row["strike_menu_top_usd_per_kg"] == 65.0
    needed = row["strike_needed_usd_per_kg"]
    assert f"needs {needed:g} USD/kg and the menu of magnet_cfd stops at 65" in row["reason"]
    # With that cap it is viable, and built; one tick below it is still not.
    path = "contracts.magnet_cfd.strike_max_usd_per_kg"
    assert explain(low.set(path, needed)).why_not.empty
    assert row_of(explain(low.set(path, needed - 5.0)))["verdict"] == "not viable"


def test_a_pot_that_is_too_small() -> None:
    case = without_target(mill_case(pot={"budget_musd": 100.0}))
    row = row_of(explain(case))
    assert row["verdict"] == "pot too small"
    assert (row["pot"], row["pot_budget_musd"], row["pot_left_musd"]) == ("us_pot", 100.0, 100.0)
    path = "programmes.us_pot.budget_musd"
    assert explain(case.set(path, row["pot_needs_musd"] * 1.001)).why_not.empty
    assert row_of(explain(case.set(path, row["pot_needs_musd"] * 0.995)))["verdict"] == "pot too small"


def test_no_support_on_offer() -> None:
    case = without_target(mill_case()).replace(tables={"contracts": []})
    row = row_of(explain(case))
    assert row["verdict"] == "no support on offer"
    assert "eligibility" in row["what_would_change_it"]


def test_built_unaided() -> None:
    row = row_of(explain(without_target(mill_case(plant={"opex_usd_per_kg": 5.0}))))
    assert row["verdict"] == "built unaided"


def test_dearer_than_what_it_saves() -> None:
    # Cheap shortage: nothing is worth a plant that makes magnets at 60 USD/kg when they trade at 48.
    case = without_target(mill_case())
    for segment in ("civil", "defence"):
        case = case.set(f"demand.us/{segment}/magnet.shortage_cost_usd_per_kg", 50)
    explanation = explain(case)
    row = row_of(explanation)
    assert row["verdict"] == "costs more than it saves"
    assert 0.0 < row["extra_cost_least_musd"] <= row["extra_cost_musd"] <= row["extra_cost_most_musd"]
    assert list(explanation.instruments["reason"]) == ["us_magnet is not built"]
    assert explanation.objective_musd is not None
    assert explanation.bound_musd is not None
    assert explanation.bound_musd <= explanation.objective_musd


def test_contracts_of_a_built_plant_that_were_not_signed() -> None:
    case = without_target(mill_case())
    offer = dict(case.row("contracts", "magnet_cfd"))
    dear = offer | {"contract": "magnet_floor", "form": "floor"}
    explanation = explain(case.replace(tables={"contracts": [offer, dear]}))
    assert explanation.why_not.empty
    (row,) = explanation.instruments.to_dict("records")
    # A floor that gives nothing back costs the public more for the same protection.
    assert row["instrument"] == "floor magnet_floor"
    assert row["reason"].startswith("magnet_cfd is signed instead")
    assert row["extra_cost_musd"] > 0.0


def test_an_explanation_is_plain_data() -> None:
    explanation = explain(small_case())
    data = explanation.to_json()
    assert set(data) == {
        *("case", "plan_exists", "objective_musd", "bound_musd", "sanity", "conflicts", "repairs", "why_not"),
        *("instruments", "notes"),
    }
    assert data["plan_exists"] is True


def test_time_that_runs_out_is_said() -> None:
    with pytest.raises(Exception, match="before a plan was found"):
        explain(small_case(), time_limit=1e-3)


def test_a_contract_that_no_start_year_can_have() -> None:
    # The pot closes in 2027 and the plant starts in 2028: the contract has no offer, and the plant no support.
    row = row_of(explain(without_target(mill_case(pot={"last_year": 2027}))))
    assert row["verdict"] == "no support on offer"
