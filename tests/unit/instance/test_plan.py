"""The planned life of a plant: ramp-up, reserve, margin, tax and the profile of capital. Numbers by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizer.data import Case
from optimizer.instance.plan import (
    PlantPlan,
    average_opex,
    full_output,
    operating_cash,
    plant_plan,
    ramp_shares,
    spend_factor,
    spend_profile,
    unit_margin,
)
from tests.unit.instance.hand_case import YEARS, flat_paths, hand_case, market, material, mine, price_paths, process


def planned(case: Case, start: int = 2028, years: tuple[int, ...] = YEARS) -> PlantPlan:
    """The mine's plan."""
    return plant_plan(case, case.row("plants", "mine"), start, years)


def margin(case: Case, **prices: Any) -> list[list[float]]:
    """The mine's unit margin on paths."""
    paths = price_paths(**prices)
    return unit_margin(case, case.row("plants", "mine"), market(case, paths)).tolist()


def test_the_last_stated_year_of_a_ramp_holds_from_then_on() -> None:
    # The ramp states 0.5 in year 1 and 1.0 in year 2, nothing after.
    assert ramp_shares(hand_case(), "half", (1, 2, 3, 30)) == [0.5, 1.0, 1.0, 1.0]


def test_full_output_is_nameplate_times_availability() -> None:
    # 12,500 t/yr × 0.8 = 10,000 t/yr = 10 kt/yr.
    assert full_output(hand_case().row("plants", "mine")) == pytest.approx(10.0)


def test_a_plan_covers_the_life_from_the_start() -> None:
    plan = planned(hand_case())
    assert plan.years == (2028, 2029)
    assert plan.columns.tolist() == [2, 3]
    assert plan.profile.tolist() == [0.5, 1.0]
    assert plan.output == pytest.approx(10.0)


def test_a_plan_ends_with_the_price_years() -> None:
    case = hand_case({"plants.mine.life_years": 20})
    assert planned(case).years == (2028, 2029)


def test_years_of_operation_before_the_first_price_year_are_left_out() -> None:
    # Started in 2025, so 2026 is its second year: full output, and the last of its two years of life.
    plan = planned(hand_case(), start=2025)
    assert plan.years == (2026,)
    assert plan.columns.tolist() == [0]
    assert plan.profile.tolist() == [1.0]


@pytest.mark.parametrize(
    ("reserve_t", "profile"),
    [
        # Life of four years from 2026: 5 + 10 + 10 + 10 = 35 kt wanted. 18 kt: 5, 10, then 3 of 10, then nothing.
        (18_000.0, [0.5, 1.0, 0.3, 0.0]),
        # 2 kt do not last the first year: 2 of 10.
        (2_000.0, [0.2, 0.0, 0.0, 0.0]),
        # 35 kt are just enough.
        (35_000.0, [0.5, 1.0, 1.0, 1.0]),
    ],
)
def test_a_reserve_ends_output(reserve_t: float, profile: list[float]) -> None:
    case = hand_case({"plants.mine.reserve_t": reserve_t, "plants.mine.life_years": 4})
    assert planned(case, start=2026).profile == pytest.approx(profile)


def test_variable_cost_is_the_mean_of_its_steps() -> None:
    # 0.25 × 16 + 0.75 × 24 = 22; without steps the stated 20.
    steps = [
        {"plant": "mine", "step": 1, "capacity_share": 0.25, "opex_usd_per_kg": 16.0},
        {"plant": "mine", "step": 2, "capacity_share": 0.75, "opex_usd_per_kg": 24.0},
    ]
    case = hand_case(opex_steps=steps)
    assert average_opex(case, case.row("plants", "mine")) == pytest.approx(22.0)
    assert average_opex(hand_case(), hand_case().row("plants", "mine")) == 20.0


def test_the_margin_is_price_less_variable_cost() -> None:
    # 60 − 20 = 40 and 40 − 20 = 20.
    assert margin(hand_case(), oxide_price=[[60.0, 40.0]]) == [[40.0, 20.0]]


def chain(**cells: Any) -> Case:
    """The mine with an input, ore at 5 USD/kg, 2 kg a kg, and a joint product, heavy oxide at 300, 0.05 kg a kg."""
    return hand_case(
        materials=[
            material("oxide", origin_tracked=True),
            material("ore", stage="mined", price_series="ore_price"),
            material("heavy"),
        ],
        plants=[mine(**cells)],
        price_series=[
            process("oxide_price"),
            process("ore_price", 5.0),
            process("heavy_price", 300.0),
            process("discount", 1.0, kind="basis"),
        ],
        recipes=[
            {"plant": "mine", "material": "ore", "role": "input", "t_per_t": 2.0},
            {"plant": "mine", "material": "heavy", "role": "output", "t_per_t": 0.05},
        ],
        suppliers=[
            {
                "supplier": f"{region}_{name}",
                "step": 1,
                "region": region,
                "material": name,
                "quantity_t_per_year": 1000.0,
                "price_factor": 1.0,
            }
            for region, name in (("us", "ore"), ("china", "oxide"))
        ],
    )


def test_inputs_joint_products_and_by_products_enter_the_margin() -> None:
    # 60 + 0.05 × 300 − 2 × 5 − 20 + 1.5 of by-products outside the case = 46.5.
    found = margin(chain(other_revenue_usd_per_kg=1.5), oxide_price=[[60.0]], ore_price=[[5.0]], heavy_price=[[300.0]])
    assert found == [[pytest.approx(46.5)]]


def test_a_basis_scales_the_price_of_the_main_product_only() -> None:
    # 60 × 0.9 = 54; 54 + 15 − 10 − 20 = 39.
    case = chain(basis_series="discount")
    found = margin(case, oxide_price=[[60.0]], ore_price=[[5.0]], heavy_price=[[300.0]], discount=[[0.9]])
    assert found == [[pytest.approx(39.0)]]


def test_tax_falls_on_positive_margins_only() -> None:
    # Output 5 and 10 kt. Margin 40: 200 and 400, taxed at 25 %: 150 and 300. Margin −4: −20 and −40, untaxed.
    case = hand_case({"plants.mine.tax_rate": 0.25})
    paths = flat_paths(60.0, 16.0)
    unit = unit_margin(case, case.row("plants", "mine"), market(case, paths))
    assert operating_cash(planned(case), unit) == pytest.approx(np.array([[150.0, 300.0], [-20.0, -40.0]]))


def test_fixed_cost_is_paid_whatever_is_sold() -> None:
    # 5 × 40 − 30 = 170 and 10 × 40 − 30 = 370. Half sold: 100 − 30 = 70 and 200 − 30 = 170.
    case = hand_case({"plants.mine.fixed_opex_musd_per_year": 30.0})
    unit = np.full(len(YEARS), 40.0)
    assert operating_cash(planned(case), unit).tolist() == pytest.approx([170.0, 370.0])
    assert operating_cash(planned(case), unit, 0.5).tolist() == pytest.approx([70.0, 170.0])


def test_capital_is_spent_before_the_start() -> None:
    # Half in 2026 and half in 2027: at 25 % worth (1 + 0.8) / 2 = 0.9.
    plant = hand_case().row("plants", "mine")
    years, shares = spend_profile(plant, 2028, 2026)
    assert (years.tolist(), shares.tolist()) == ([2026, 2027], [0.5, 0.5])
    assert spend_factor(plant, 2028, 0.25, 2026) == pytest.approx(0.9)


def test_capital_due_before_the_base_year_is_spent_in_it() -> None:
    # Start 2027 after two years of building: 2025 counts as 2026, so all of it is spent in 2026 at full value.
    plant = hand_case().row("plants", "mine")
    years, shares = spend_profile(plant, 2027, 2026)
    assert (years.tolist(), shares.tolist()) == ([2026, 2026], [0.5, 0.5])
    assert spend_factor(plant, 2027, 0.25, 2026) == pytest.approx(1.0)
