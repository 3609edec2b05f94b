"""Regret of stock and no stock, worked out on paper (see ``newsvendor``), and what may not be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.analysis import regret
from optimizer.data import Case
from optimizer.errors import SettingError
from optimizer.whatif.named import WhatIf
from tests.small_case import small_case
from tests.unit.analysis.newsvendor import by_hand, newsvendor

__all__ = ["by_hand"]

EMBARGO = WhatIf("embargo", "The embargo comes", ("scenarios.hazard_scale = 1",))


@pytest.mark.usefixtures("by_hand")
def test_least_regret_is_between_stock_and_none() -> None:
    # Calm is as it is. Best there: no stock, 204. Best in the embargo: 1 kt, 453 - 238 = 215. So no stock regrets 0 and
    # 238, stock 63 and 0. With q kt both regret the same where 63 q = 238 (1 - q): q = 238/301, regret 63 × 238/301.
    found = regret(newsvendor(), states=[EMBARGO])
    matrix = found.tables["matrix"].set_index("plan")
    assert matrix.loc["no-new-awards"].tolist() == pytest.approx([0.0, 238.0], abs=1e-6)
    assert matrix.loc["embargo"].tolist() == pytest.approx([63.0, 0.0], abs=1e-6)
    least = 63.0 * 238.0 / 301.0
    assert matrix.loc["least-regret"].tolist() == pytest.approx([least, least], abs=1e-4)
    plans = found.tables["plans"]
    assert plans["plan"][0] == "least-regret"
    # Robustness costs what it regrets if all stays calm.
    assert plans["extra_as_it_is_musd"][0] == pytest.approx(least, abs=1e-4)
    assert "Robustness costs 50 to 50 musd" in " ".join(found.findings)
    states = found.tables["states"].set_index("state")
    assert states.loc["as-it-is", "best_musd"] == pytest.approx(204.0, abs=1e-6)
    assert states.loc["embargo", "best_musd"] == pytest.approx(215.0, abs=1e-6)


@pytest.mark.usefixtures("by_hand")
def test_a_state_that_changes_the_price_of_an_award_counts_it_at_its_own_price() -> None:
    # Weighed by 1.2 instead of 0.2, outlay adds another 50 musd per kt bought: 204 + 113 q; the best there is no stock.
    # With the embargo: 453 - 188 q. States: as it is (204 + 63 q), embargo (453 - 238 q), dear (204 + 113 q): the last
    # decides with the second: 113 q = 238 (1 - q), q = 238/351.
    dear = WhatIf("dear", "Public money is dear", ("objective.weights.outlay = 1.2",))
    found = regret(newsvendor(), states=[EMBARGO, dear])
    least = 113.0 * 238.0 / 351.0
    row = found.tables["matrix"].set_index("plan").loc["least-regret"]
    assert row["dear_musd"] == pytest.approx(least, abs=1e-4)
    assert row["embargo_musd"] == pytest.approx(least, abs=1e-4)
    assert row["as-it-is_musd"] == pytest.approx(63.0 * 238.0 / 351.0, abs=1e-4)


@pytest.mark.usefixtures("by_hand")
def test_days_of_cover_missed_count_in_the_state_that_asks_for_them() -> None:
    # 182.5 days of 1 kt are 0.5 kt at 100 musd/kt and year, 2026 only: calm costs 204 + 63 q + 100 (0.5 - q) up to
    # 0.5 kt, so 0.5 kt is best there: 235.5. No stock regrets 254 - 235.5 = 18.5.
    target = {
        "target": "cover",
        "kind": "days_of_cover",
        "region": "us",
        "material": "oxide",
        "segment": "any",
        "first_year": 2026,
        "last_year": 2026,
        "level": 1.0,
        "mode": "priced",
        "price_usd_per_kg": 100.0,
        "source": "judgement",
        "grade": "judgement",
    }
    case = newsvendor().replace(tables={"targets": [target]})
    wanted = WhatIf("covered", "Half a year of cover is asked for", ("targets.cover.level = 182.5",))
    # As it is: 1 day is 1/365 kt, q = 1/365 costs less (63) than missing it (100): 204 + 63/365.
    found = regret(case, states=[wanted])
    states = found.tables["states"].set_index("state")
    assert states.loc["as-it-is", "best_musd"] == pytest.approx(204.0 + 63.0 / 365.0, abs=1e-5)
    assert states.loc["covered", "best_musd"] == pytest.approx(235.5, abs=1e-6)
    matrix = found.tables["matrix"].set_index("plan")
    assert matrix.loc["no-new-awards", "covered_musd"] == pytest.approx(18.5, abs=1e-5)
    # Between q = 1/365 and 0.5: 63 (q - 1/365) as it is, 37 (0.5 - q) covered: q = (18.5 + 63/365)/100.
    q = (18.5 + 63.0 / 365.0) / 100.0
    assert matrix.loc["least-regret", "covered_musd"] == pytest.approx(37.0 * (0.5 - q), abs=1e-4)


@pytest.mark.usefixtures("by_hand")
def test_an_award_that_a_state_does_not_know_cannot_be_carried_out_there() -> None:
    gone = WhatIf("no-store", "There is no store", ("drop stockpiles[stockpile=reserve]",))
    found = regret(newsvendor(1.0), states=[gone])
    rows = found.tables["regret"].set_index(["plan", "state"])
    assert not rows.loc[("as-it-is", "no-store"), "possible"]
    assert "purchase_rate of reserve 2026" in rows.loc[("as-it-is", "no-store"), "why_not"]
    assert found.tables["plans"]["plan"][0] in ("no-new-awards", "least-regret")
    assert found.to_json()["tables"]["regret"][0]["state"] == "as-it-is"


def test_auto_states_are_made_of_ranges_and_disruptions() -> None:
    # Capex ranges are stated (high 400 and 350); prices and demand have none, so 30 %; the hazard has none, so × 3.
    found = states(small_case())
    assert found["no-disruption"].changes == ("scenarios.hazard_scale = 0",)
    assert found["disruptions-likely"].changes == ("disruptions.embargo.hazard_per_year = 0.45",)
    assert "judgement" in found["disruptions-likely"].title
    assert found["embargo-2027"].changes[0] == "disruptions.embargo.hazard_per_year = 1"
    assert found["prices-low"].changes == ("price_series.oxide_price.long_run_usd_per_kg = 49",)
    assert found["demand-high"].changes[0] == "demand.us/defence/magnet.base_t_per_year = 390"
    assert found["capex-high"].changes == (
        "plants.us_oxide.capex_musd = 400",
        "plants.us_magnet.capex_musd = 350",
    )
    assert "judgement" not in found["capex-high"].title


def states(case: Case) -> dict[str, WhatIf]:
    """Auto states by name."""
    from optimizer.analysis.robust.states import auto_states

    return {state.name: state for state in auto_states(case)}


def test_states_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    case = small_case()
    with pytest.raises(SettingError, match="cannot be read"):
        regret(case, states=tmp_path / "none.toml")
    own = tmp_path / "own.toml"
    own.write_text('[as-it-is]\ntitle = "Nothing new"\nchanges = ["scenarios.paths = 8"]\n')
    with pytest.raises(SettingError, match="is the case without any what-if"):
        regret(case, states=own)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[dear]\ntitle = "Dear"\nchanges = ["plants.us_oxid.capex_musd *= 2"]\n')
    with pytest.raises(SettingError, match="us_oxide"):
        regret(case, states=wrong)
