"""Tables of the sourcing mix in calm years and under disruption. Numbers by hand.

Two allies, us and japan, and china. Three futures: calm (0.6), and two in which trade is disrupted in 2027, one with
0.1 and one with 0.3: there they count a quarter and three quarters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.data import Case
from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.results.supply import (
    flows_table,
    futures_table,
    production_table,
    purchases_table,
    shortfall_table,
    states,
    stock_levels_table,
    supply_table,
)
from optimizer.scenarios import Futures
from tests.unit.instance.hand_case import calm, compiled, demand, flat_paths, futures_of, hand_case, lane, stockpile
from tests.unit.results.plan_by_hand import outcome

STRUCK = np.array([0.0, 0.5, 0.0, 0.0])


def allies() -> Case:
    """The mine in the us, a supplier in china, lanes among all three."""
    regions = [
        {"region": name, "name": name, "covered": name == "china", "bloc": "covered" if name == "china" else "allied"}
        for name in ("us", "japan", "china")
    ]
    lanes = [lane("china", "us", "oxide"), lane("us", "japan", "oxide"), lane("us", "china", "oxide")]
    wanted = [demand("civil", 8000.0), demand("defence", 0.0)]
    return hand_case(regions=regions, lanes=lanes, demand=wanted, stockpiles=[stockpile()])


def three(case: Case) -> Futures:
    """The three futures."""
    return futures_of(
        calm(case, weight=0.6),
        calm(case, name="mild", weight=0.1, disrupted=STRUCK),
        calm(case, name="hard", weight=0.3, disrupted=STRUCK),
    )


def instance_of(case: Case) -> Instance:
    """The instance under them."""
    return compiled(case, flat_paths(50.0), *three(case).futures)


def happened(**changes: Any) -> dict[str, dict[tuple[Any, ...], float]]:
    """What happens in 2027: the us makes 5 kt and buys 6 from china, sends 2 to japan and 1 to china."""
    given = {
        "produce": {("mine", "compliant", 2027): 5.0},
        "buy": {("china_oxide", 1, 2027): 6.0},
        "flow": {
            ("china", "us", "oxide", "any", 2027): 6.0,
            ("us", "japan", "oxide", "compliant", 2027): 2.0,
            ("us", "china", "oxide", "any", 2027): 1.0,
        },
    }
    return {**given, **changes}


def recourse() -> Outcome:
    """Nothing from china in the hard future, half in the mild one; stock helps in the hard one."""
    mild = {("china", "us", "oxide", "any", 2027): 3.0}
    return outcome(
        recourse={
            "calm": happened(),
            "mild": happened(flow=mild, unmet={("us", "civil", "oxide", 2027): 2.0}),
            "hard": happened(
                flow={}, release={("reserve", 2027): 0.4}, unmet={("us", "civil", "oxide", 2027): 1.0}, buy={}
            ),
        }
    )


def mix(condition: str) -> dict[str, tuple[float, float]]:
    """Origin → tonnes and share in 2027."""
    case = allies()
    found = supply_table(case, instance_of(case), three(case), {"with": recourse()})
    part = found[(found["condition"] == condition) & (found["year"] == 2027)]
    return {row.origin: (row.supply_t, row.share) for row in part.itertuples()}


def test_states_of_the_years() -> None:
    case = allies()
    found = states(instance_of(case), three(case))
    assert found["calm", 2027] == {"calm": 1.0}
    assert found["embargo", 2027] == {"mild": pytest.approx(0.25), "hard": pytest.approx(0.75)}
    assert ("embargo", 2026) not in found


def test_origins_of_supply_in_calm() -> None:
    # What japan receives from the us is the us' own; what goes to china is gone: 5 − 1 = 4 of 10. China: 6 of 10.
    assert mix("calm") == {
        "us": (pytest.approx(4000.0), pytest.approx(0.4)),
        "china": (pytest.approx(6000.0), pytest.approx(0.6)),
    }


def test_origins_of_supply_under_disruption() -> None:
    # The us make 5 in both; china sends 3 in the mild future: 0.75; stock 0.4 in the hard one: 0.3. In all 6.05.
    assert mix("embargo") == {
        "us": (pytest.approx(5000.0), pytest.approx(5.0 / 6.05)),
        "china": (pytest.approx(750.0), pytest.approx(0.75 / 6.05)),
        "stockpile": (pytest.approx(300.0), pytest.approx(0.3 / 6.05)),
    }


def test_plans_and_conditions_stand_side_by_side() -> None:
    case = allies()
    idle = outcome(recourse={name: {} for name in ("calm", "mild", "hard")})
    found = supply_table(case, instance_of(case), three(case), {"without": idle, "with": recourse()})
    assert set(found["plan"]) == {"with"}
    both = supply_table(case, instance_of(case), three(case), {"without": recourse(), "with": recourse()})
    assert both.groupby(["plan", "condition"]).size().to_dict() == {
        ("with", "calm"): 2,
        ("with", "embargo"): 3,
        ("without", "calm"): 2,
        ("without", "embargo"): 3,
    }


def shortfall() -> pd.DataFrame:
    """The shortfall table."""
    case = allies()
    return shortfall_table(instance_of(case), three(case), {"with": recourse()})


def test_who_goes_short() -> None:
    # 2 kt with a quarter and 1 with three quarters: 1.25 of 8, so 84.375 % are met.
    found = shortfall().set_index(["condition", "segment", "year"]).loc[("embargo", "civil", 2027)]
    assert found["demand_t"] == pytest.approx(8000.0)
    assert found["shortfall_t"] == pytest.approx(1250.0)
    assert found["share_met"] == pytest.approx(0.84375)


def test_nobody_goes_short_in_calm_or_of_nothing() -> None:
    found = shortfall().set_index(["condition", "segment", "year"])
    assert found.loc[("calm", "civil", 2027), "shortfall_t"] == 0.0
    # A segment that asks for nothing has all of it.
    assert found.loc[("embargo", "defence", 2027), "share_met"] == 1.0
    # Four calm years and one disrupted one, two segments.
    assert len(found) == 10


def test_flows_production_and_purchases_of_every_future() -> None:
    case = allies()
    flows = flows_table(recourse())
    assert flows.groupby("future")["t_per_year"].sum().to_dict() == {"calm": 9000.0, "mild": 3000.0}
    assert flows.iloc[0].to_dict() == {
        "future": "calm",
        "year": 2027,
        "material": "oxide",
        "stream": "any",
        "from_region": "china",
        "to_region": "us",
        "t_per_year": 6000.0,
    }
    made = production_table(instance_of(case), recourse())
    assert made[["plant", "region", "stream", "t_per_year"]].drop_duplicates().values.tolist() == [
        ["mine", "us", "compliant", 5000.0]
    ]
    bought = purchases_table(instance_of(case), recourse())
    assert bought[["future", "supplier", "step", "region", "material", "t_per_year"]].values.tolist() == [
        ["calm", "china_oxide", 1, "china", "oxide", 6000.0],
        ["mild", "china_oxide", 1, "china", "oxide", 6000.0],
    ]


def test_stock_held_released_and_not_found() -> None:
    decided = outcome(
        recourse={
            "calm": {"level": {("reserve", 2026): 1.5}, "unbought": {("reserve", 2027): 0.2}},
            "hard": {"release": {("reserve", 2027): 0.4}},
        }
    )
    assert stock_levels_table(decided).values.tolist() == [
        ["calm", "reserve", 2026, 1500.0, 0.0, 0.0],
        ["calm", "reserve", 2027, 0.0, 0.0, 200.0],
        ["hard", "reserve", 2027, 0.0, 400.0, 0.0],
    ]


def test_futures_and_how_far_they_are_disrupted() -> None:
    found = futures_table(three(allies()))
    assert len(found) == 12
    assert found[(found["future"] == "hard") & (found["year"] == 2027)].values.tolist() == [["hard", 0.3, 2027, 0.5]]


@pytest.mark.parametrize("table", [flows_table, stock_levels_table])
def test_a_table_without_rows_keeps_its_columns(table: Any) -> None:
    found = table(outcome(recourse={"calm": {}}))
    assert found.empty
    assert {"future", "year"} <= set(found.columns)
