"""Shadow prices: worked out by hand, and beside finite differences of what they are the slopes of."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer import SettingError, read_case, shadow_prices
from optimizer.engine import Options, decompose
from optimizer.engine.variations.marginal import FixedWhole
from optimizer.engine.variations.moving import MovingPlans
from optimizer.engine.variations.recourse import Lever, SupplyPrices
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from tests.small_case import small_case, small_tables
from tests.unit.analysis.one_pot import NEEDED, PRICE, one_pot


def test_the_next_musd_of_a_pot_saves_what_is_worked_out_by_hand() -> None:
    # See one_pot: 0.791302 for each musd up to 14.688 musd, nothing beyond. The pot has 6. With 8.688 more the saving
    # is 0.791302 × 8.688 = 6.87483 in all; it is still within 5 % of the price on average over 8.688 / 0.95 = 9.14526.
    # Of 48 musd, 49 + 1.45673 go into resources, 9.6 into public funds, and 98.0392 of missed target fall away.
    row = shadow_prices(one_pot(6.0)).table.iloc[0]
    assert row["saving_per_next_musd"] == pytest.approx(PRICE, abs=1e-6)
    assert row["cost_per_last_musd"] == pytest.approx(PRICE, abs=1e-6)
    assert row["most_saved_musd"] == pytest.approx(PRICE * (NEEDED - 6.0), abs=1e-4)
    assert row["holds_up_musd"] == pytest.approx((NEEDED - 6.0) / 0.95, abs=1e-3)
    assert row["holds_down_musd"] == pytest.approx(6.0)
    assert row["used_musd"] == pytest.approx(6.0)
    assert row["resource_saved_per_musd"] == pytest.approx(-50.45673 / 48.0, abs=1e-5)
    assert row["outlay_saved_per_musd"] == pytest.approx(-0.2, abs=1e-6)
    assert row["shortage_saved_per_musd"] == pytest.approx(0.0, abs=1e-6)
    assert row["other_saved_per_musd"] == pytest.approx(98.0392 / 48.0, abs=1e-5)


def test_a_pot_that_is_not_used_up_has_no_price_down_to_its_use() -> None:
    # 20 musd, of which the target takes 14.688: the price is 0 as long as 5.312 are not taken away.
    row = shadow_prices(one_pot(20.0)).table.iloc[0]
    assert (row["saving_per_next_musd"], row["cost_per_last_musd"]) == (0.0, 0.0)
    assert row["holds_down_musd"] == pytest.approx(20.0 - NEEDED, abs=1e-3)
    assert row["most_saved_musd"] == 0.0


def test_a_pot_that_is_just_used_up_has_a_price_on_one_side_only() -> None:
    row = shadow_prices(one_pot(NEEDED)).table.iloc[0]
    assert row["saving_per_next_musd"] == pytest.approx(0.0, abs=1e-3)
    assert row["cost_per_last_musd"] == pytest.approx(PRICE, abs=1e-3)


def test_a_yearly_cap_that_binds_has_the_price_and_the_pot_behind_it_has_none() -> None:
    table = shadow_prices(one_pot(30.0, yearly_cap_musd=6.0)).table.set_index("limit")
    assert table.loc["yearly cap", "saving_per_next_musd"] == pytest.approx(PRICE, abs=1e-6)
    assert table.loc["yearly cap", "year"] == 2026
    assert table.loc["budget", "saving_per_next_musd"] == 0.0


def test_a_day_of_cover_and_a_kg_of_demand_cost_what_is_worked_out_by_hand() -> None:
    tables = shadow_prices(one_pot(6.0)).tables
    # The target is missed at the margin: a day is 306 / 365 t, at 100 / 1.02 USD/kg.
    assert tables["targets"].iloc[0]["cost_musd"] == pytest.approx(0.306 / 365.0 * 100.0 / 1.02, abs=1e-6)
    demand = tables["demand"].set_index("segment")
    # A magnet from China: 48 and freight of 1. The route carries 6,000 t and more; it is not full.
    assert demand.loc["civil", "one_more_usd_per_kg"] == pytest.approx(49.0, abs=1e-4)
    assert demand.loc["civil", "expected_usd_per_kg"] == pytest.approx(49.0, abs=1e-6)
    # Defence takes any magnet in 2026, and from 2027 on only what nobody makes: a shortage at 2,000.
    years = tables["demand_years"].query("segment == 'defence'").set_index("year")
    assert years["calm_usd_per_kg"].to_dict() == pytest.approx({2026: 49.0, 2027: 2000.0, 2028: 2000.0}, abs=1e-5)
    assert years["embargo_usd_per_kg"].isna().all()


def test_a_full_route_is_worth_the_shortage_it_would_end() -> None:
    # 4,000 t of civil and 300 of defence demand in 2026; the route carries 4,200: a tonne more ends a shortage at 300
    # USD/kg and costs 49. In 2027 civil demand alone, 4,200 t, fits (defence takes no Chinese magnet any more).
    lanes = small_tables()["lanes"]
    lanes[0].update(capacity_t_per_year=4200.0, growth_per_year=0.05)
    case = one_pot(0.0).replace(tables={"lanes": lanes})
    tables = shadow_prices(case).tables
    route = tables["lanes"].iloc[0]
    assert route["one_more_musd_per_kt"] == pytest.approx(300.0 - 49.0, abs=1e-4)
    assert route["one_less_musd_per_kt"] > route["one_more_musd_per_kt"] - 1e-6
    assert tables["demand"].set_index("segment").loc["civil", "one_more_musd_per_kt"] > 300.0


def test_exact_steps_agree_with_the_price_where_nothing_is_whole() -> None:
    exact = shadow_prices(one_pot(6.0), exact=True, step_musd=2.0).tables["exact"]
    assert exact["step_musd"].tolist() == [2.0, -2.0]
    assert exact["plan_saves_musd"].tolist() == pytest.approx([2.0 * PRICE, -2.0 * PRICE], abs=1e-5)
    assert exact["price_says_musd"].tolist() == pytest.approx([2.0 * PRICE, -2.0 * PRICE], abs=1e-5)
    assert exact["kept_saves_musd"].tolist() == pytest.approx([2.0 * PRICE, -2.0 * PRICE], abs=1e-5)
    assert exact["finding"].tolist() == ["saves", "costs"]


def test_exact_steps_within_the_gaps_are_no_finding() -> None:
    exact = shadow_prices(small_case(), exact=True).tables["exact"]
    # The pot has 392 of its 500 musd left: neither 50 more nor 50 less can matter.
    assert exact["finding"].tolist() == ["no finding: within the gaps"] * 2
    assert (exact["least_saved_musd"] <= 1e-6).all()
    assert (exact["most_saved_musd"] >= -1e-6).all()


@pytest.mark.parametrize("budget", [2.0, 30.0, 80.0, 150.0])
def test_duals_with_whole_columns_fixed_are_finite_differences(budget: float) -> None:
    case = small_case().set("programmes.us_pot.budget_musd", budget)
    row = "pot_not_exceeded[us_pot]"
    plans = MovingPlans(decompose(compile_instance(case, draw(case))), [row])
    plans.solve(Options(gap=1e-4))
    fixed = FixedWhole(plans.parts, plans.master.pool, plans.last)
    sizes = [budget + more for more in (0.0, 0.5, 1.0, 2.0, 20.0)]
    points = [point for size in sizes if (point := fixed.solve({row: size})) is not None]
    values = [point.value for point in points]
    assert len(points) == len(sizes)
    assert values == sorted(values, reverse=True)
    for size, point in zip(sizes, points, strict=True):
        assert point.value - point.bound <= 1e-8 * point.value
        assert point.duals[row] <= 1e-9
        # The value is convex: each dual is the slope of a line that nowhere lies above it.
        lines = [point.value + point.duals[row] * (other - size) for other in sizes]
        assert all(value >= line - 1e-4 for value, line in zip(values, lines, strict=True))


def test_duals_of_supply_are_finite_differences() -> None:
    case = small_case()
    plans = MovingPlans(decompose(compile_instance(case, draw(case, futures=6))), ["pot_not_exceeded[us_pot]"])
    plans.solve(Options(gap=1e-4))
    prices = SupplyPrices(plans.parts, plans.last)
    assert prices.weight.sum() == pytest.approx(1.0)
    seen = 0
    for year in range(2026, 2036):
        route = Lever({("lane_limit", ("china", "us", "magnet", year)): 1.0})
        for lever in (route, Lever({}, {("unmet", ("us", "civil", "magnet", year)): 1.0})):
            slope = float(prices.weight @ prices.by_future(lever))
            more, less = prices.moved(lever, 1e-4) / 1e-4, prices.moved(lever, -1e-4) / -1e-4
            assert less - 1e-3 <= slope <= more + 1e-3
            seen += slope < -1e-3
    assert seen > 5


def test_what_makes_the_tail_weigh_makes_the_futures_weigh() -> None:
    case = small_case()
    objective = case.settings.objective.model_copy(
        update={"weights": case.settings.objective.effective_weights.model_copy(update={"tail": 0.5})}
    )
    case = case.replace(settings=case.settings.model_copy(update={"objective": objective}))
    plans = MovingPlans(decompose(compile_instance(case, draw(case))), ["pot_not_exceeded[us_pot]"])
    plans.solve(Options(gap=1e-4))
    prices = SupplyPrices(plans.parts, plans.last)
    assert prices.weight.sum() == pytest.approx(1.5)
    assert np.all(prices.weight >= plans.parts.problem.probability - 1e-12)


def test_more_money_never_hurts_and_prices_do_not_rise() -> None:
    found = [shadow_prices(one_pot(size)).table.iloc[0] for size in (0.0, 3.0, 10.0, 14.0, 15.0, 40.0)]
    prices = [row["saving_per_next_musd"] for row in found]
    assert min(prices) >= 0.0
    assert prices == pytest.approx(sorted(prices, reverse=True), abs=1e-6)
    assert all((row["saving_per_next_musd"] == 0.0) == (row["used_musd"] < row["size_musd"] - 1e-6) for row in found)


def test_time_that_runs_out_keeps_what_is_known_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.analysis.marginal.pots import PotPrices

    def late(self: PotPrices, row: str) -> None:
        raise TimeoutError

    monkeypatch.setattr(PotPrices, "ask", late)
    found = shadow_prices(one_pot(6.0))
    assert found.table.empty
    assert not found.tables["demand"].empty
    assert found.findings[-1].startswith("Not complete")
    assert not found.interrupted


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan")])
def test_a_step_that_moves_nothing_is_refused(step: float) -> None:
    with pytest.raises(SettingError, match="moves nothing"):
        shadow_prices(one_pot(), exact=True, step_musd=step)


@pytest.mark.slow
def test_prices_of_a_bundled_case_do_not_contradict_its_plan() -> None:
    case = read_case("mp-materials")
    found = shadow_prices(case, exact=True)
    pots = found.tables["pots"]
    assert set(pots["programme"]) == {row.programme for row in case.rows("programmes")}
    assert (pots["used_musd"] <= pots["size_musd"] + 1e-6).all()
    assert ((pots["saving_per_next_musd"] == 0.0) == (pots["used_musd"] < pots["size_musd"] - 1e-6)).all()
    assert (found.tables["plants"]["one_more_usd_per_kg"] >= -1e-6).all()
    assert (found.tables["exact"]["least_saved_musd"] <= found.tables["exact"]["most_saved_musd"]).all()
    assert found.widest_gap <= 1e-3
