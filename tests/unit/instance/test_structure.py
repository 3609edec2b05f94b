"""The supply layer in numbers: nodes and streams, costs, targets and bounds. Numbers by hand."""

from __future__ import annotations

from typing import Any

import pytest

from models.supply_numbers import ServiceLevel, ShareLimit, SupplyStructure
from optimizer.data import Case
from tests.unit.instance.hand_case import (
    YEARS,
    compiled,
    contract,
    demand,
    flat_paths,
    hand_case,
    lane,
    material,
    mine,
    price_paths,
    process,
    stockpile,
)

OXIDE = material("oxide", origin_tracked=True)
METAL = material("metal", origin_tracked=True, stage="metal")
SCRAP = material("scrap", stage="scrap", price_series=None)
PRICES = [process("oxide_price"), process("metal_price")]


def structure(changes: dict[str, Any] | None = None, **tables: Any) -> SupplyStructure:
    """Structure of the hand case with some tables replaced."""
    return structure_of(hand_case(changes, **tables))


def structure_of(case: Case) -> SupplyStructure:
    """Structure of a case on one flat path."""
    levels = {row.series: [[50.0] * len(YEARS)] for row in case.rows("price_series")}
    return compiled(case, price_paths(**levels)).structure


def smelter(**cells: Any) -> dict[str, Any]:
    """A plant that makes metal of oxide, which it needs a recipe for."""
    return mine(plant="smelter", stage="metal", product="metal", **cells)


OXIDE_IN = {"plant": "smelter", "material": "oxide", "role": "input", "t_per_t": 1.2}


def test_tracked_materials_have_two_streams_outside_covered_regions() -> None:
    found = structure()
    assert found.nodes == (("china", "oxide", "any"), ("us", "oxide", "compliant"), ("us", "oxide", "any"))
    # What china sends is never compliant.
    assert found.lane_streams == {("china", "us", "oxide"): ("any",)}
    assert found.suppliers == {("china_oxide", 1): ("china", "oxide", "any")}


def test_untracked_materials_have_one_stream() -> None:
    found = structure(materials=[material("oxide")])
    assert found.nodes == (("china", "oxide", "any"), ("us", "oxide", "any"))
    assert found.plant_streams == {"mine": ("any",)}


def test_a_supplier_outside_covered_regions_sells_compliant_material() -> None:
    seller = {
        "supplier": "us_oxide",
        "step": 1,
        "region": "us",
        "material": "oxide",
        "quantity_t_per_year": 100.0,
        "price_factor": 1.0,
    }
    assert structure(suppliers=[seller], lanes=[]).suppliers == {("us_oxide", 1): ("us", "oxide", "compliant")}


def test_a_lane_between_allies_carries_both_streams() -> None:
    regions = [
        {"region": "us", "name": "us", "covered": False, "bloc": "allied"},
        {"region": "japan", "name": "japan", "covered": False, "bloc": "allied"},
        {"region": "china", "name": "china", "covered": True, "bloc": "covered"},
    ]
    found = structure(regions=regions, lanes=[lane("china", "us", "oxide"), lane("us", "japan", "oxide")])
    assert found.lane_streams["us", "japan", "oxide"] == ("compliant", "any")


@pytest.mark.parametrize(
    ("compliant", "inputs", "streams"),
    [
        # Its inputs decide: it makes either.
        (True, [OXIDE_IN], ("compliant", "any")),
        # Nothing it uses is tracked: all of it is compliant, and can be sold as any.
        (True, [], ("compliant",)),
        (True, [{**OXIDE_IN, "material": "scrap"}], ("compliant",)),
        # A plant that breaks the rule itself never makes compliant material.
        (False, [OXIDE_IN], ("any",)),
    ],
)
def test_streams_a_plant_makes(compliant: bool, inputs: list[dict[str, Any]], streams: tuple[str, ...]) -> None:
    found = structure(
        materials=[OXIDE, METAL, SCRAP],
        plants=[smelter(compliant=compliant)],
        recipes=inputs,
        price_series=PRICES,
        collection=[_collection()] if inputs and inputs[0]["material"] == "scrap" else [],
    )
    assert found.plant_streams["smelter"] == streams


def _collection() -> dict[str, Any]:
    return {
        "region": "us",
        "scrap_material": "scrap",
        "from_material": "oxide",
        "collection_rate": 0.25,
        "lag_years": 3,
        "past_use_t_per_year": 6000.0,
        "cost_usd_per_kg": 4.0,
    }


def test_recipes_and_collection() -> None:
    recipes = [OXIDE_IN, {**OXIDE_IN, "material": "scrap", "t_per_t": 0.5}]
    recipes.append({"plant": "mine", "material": "metal", "role": "output", "t_per_t": 0.1})
    found = structure(
        materials=[OXIDE, METAL, SCRAP],
        plants=[mine(), smelter()],
        recipes=recipes,
        price_series=PRICES,
        collection=[_collection()],
    )
    assert found.inputs == {"mine": {}, "smelter": {"oxide": 1.2, "scrap": 0.5}}
    assert found.outputs == {"mine": {"oxide": 1.0, "metal": 0.1}, "smelter": {"metal": 1.0}}
    assert found.collection == {("us", "scrap", "oxide"): (0.25, 3, 6.0, 4.0)}


def test_demand_is_strict_from_its_year() -> None:
    wanted = [
        demand("defence", 300.0, accepts="compliant", compliant_from_year=2028),
        demand("always", 200.0, accepts="compliant"),
        demand("civil", 8000.0),
    ]
    found = structure(demand=wanted)
    served = {
        segment: [found.serves[("us", segment, "oxide"), year] for year in YEARS]
        for segment in ("defence", "always", "civil")
    }
    assert served == {
        "defence": ["any", "any", "compliant", "compliant"],
        "always": ["compliant"] * 4,
        "civil": ["any"] * 4,
    }
    assert found.shortage_cost["us", "civil", "oxide"] == 300.0


def test_cost_of_one_step_less_by_products() -> None:
    assert structure({"plants.mine.other_revenue_usd_per_kg": 3.0}).cost_steps == {"mine": ((1.0, 17.0),)}


def test_steps_of_cost_from_the_cheapest_less_by_products() -> None:
    steps = [
        {"plant": "mine", "step": 2, "capacity_share": 0.75, "opex_usd_per_kg": 24.0},
        {"plant": "mine", "step": 1, "capacity_share": 0.25, "opex_usd_per_kg": 16.0},
    ]
    found = structure({"plants.mine.other_revenue_usd_per_kg": 3.0}, opex_steps=steps)
    assert found.cost_steps == {"mine": ((0.25, 13.0), (0.75, 21.0))}


def test_limits_of_a_plant() -> None:
    cells = {"reserve_t": 18_000.0, "min_run_share": 0.4, "below_minimum_cost_usd_per_kg": 7.0}
    found = structure(plants=[mine(**cells), mine(plant="other")])
    assert found.reserve == {"mine": 18.0}
    assert found.min_run_share == {"mine": 0.4, "other": 0.0}
    assert found.below_minimum_cost == {"mine": 7.0, "other": 0.0}


def target(name: str, **cells: Any) -> dict[str, Any]:
    """A hard target on oxide in the us, 2025 to 2027."""
    given = {"region": "us", "material": "oxide", "first_year": 2025, "last_year": 2027, "mode": "hard"}
    return {"target": name, **given, **cells}


def test_share_limits() -> None:
    limits = [
        target("firm", kind="share_limit", origin="china", level=0.65),
        target(
            "soft", kind="share_limit", origin="china", level=0.4, mode="priced", price_usd_per_kg=5.0, futures="calm"
        ),
    ]
    assert structure(targets=limits).share_limits == {
        "firm": ShareLimit("us", "oxide", "china", (2026, 2027), 0.65, None, False),
        "soft": ShareLimit("us", "oxide", "china", (2026, 2027), 0.4, 5.0, True),
    }


def test_service_levels() -> None:
    levels = [
        target("all", kind="service_level", level=0.9),
        target("defence", kind="service_level", segment="defence", level=1.0, mode="priced", price_usd_per_kg=9.0),
    ]
    found = structure(targets=levels, demand=[demand("civil", 8000.0), demand("defence", 300.0)])
    civil, defence = ("us", "civil", "oxide"), ("us", "defence", "oxide")
    assert found.service_levels == {
        "all": ServiceLevel((civil, defence), (2026, 2027), 0.9, None, False),
        "defence": ServiceLevel((defence,), (2026, 2027), 1.0, 9.0, False),
    }


def test_fixed_cost_of_plants_that_run_anyway() -> None:
    # 12 musd a year from 2024 for four years: 2026 and 2027 are left, at 10 % worth 12 × (1 + 1 / 1.1) = 22.909091. The
    # fixed cost of a candidate is not here.
    mill = mine(
        plant="mill",
        status="operating",
        capex_musd=0.0,
        build_years=0,
        start_years=(2024,),
        life_years=4,
        fixed_opex_musd_per_year=12.0,
    )
    found = structure({"rates.social": 0.1}, plants=[mine(fixed_opex_musd_per_year=30.0), mill])
    assert found.fixed_operation == {"mill": pytest.approx(22.909091)}
    assert [found.discount[year] for year in YEARS[:2]] == pytest.approx([1.0, 1.0 / 1.1])


def test_stock_in_kt_and_its_stream() -> None:
    found = structure(stockpiles=[stockpile(loss_per_year=0.02, stream="compliant")])
    assert found.stock_node == {"reserve": ("us", "oxide", "compliant")}
    assert (found.stock_opening, found.stock_capacity) == ({"reserve": 0.5}, {"reserve": 9.0})
    assert (found.stock_loss, found.stock_release_share) == ({"reserve": 0.02}, {"reserve": 0.5})
    assert found.stock_holding_cost == {"reserve": 0.5}
    assert structure(stockpiles=[stockpile()]).stock_node == {"reserve": ("us", "oxide", "any")}


def test_stock_that_cannot_be_found_costs_twice_its_long_run_price() -> None:
    # Oxide at 50 in the long run: 100. A series of 10 + 1.5 × 50 = 85: 170. Not traded: nothing.
    assert structure(stockpiles=[stockpile()]).stock_unbought_cost == {"reserve": 100.0}
    linked = process("linked", 0.0, kind="linked", adder_usd_per_kg=10.0)
    series = {
        "price_series": [process("oxide_price"), linked],
        "price_links": [{"series": "linked", "linked_series": "oxide_price", "factor": 1.5}],
    }
    on_linked = structure(
        materials=[material("oxide", price_series="linked", origin_tracked=True)], stockpiles=[stockpile()], **series
    )
    assert on_linked.stock_unbought_cost == {"reserve": pytest.approx(170.0)}


def test_no_flow_exceeds_the_volume_bound() -> None:
    # 20 kt grow by 10 % for three years: 26.62; the mine makes 10, with 1.5 kt of a joint product a kt at most 15;
    # 0.5 kt in stock: 42.12, twice that 84.24.
    recipes = [{"plant": "mine", "material": "metal", "role": "output", "t_per_t": 1.5}]
    found = structure(
        {"suppliers.china_oxide.growth_per_year": 0.1},
        materials=[OXIDE, METAL],
        price_series=PRICES,
        recipes=recipes,
        stockpiles=[stockpile()],
    )
    assert found.volume_bound == pytest.approx(84.24)


def test_a_stock_without_a_capacity_can_hold_what_all_years_bring() -> None:
    # Of 1 kt made a year, 1 kt a year can be stored: 4 kt in four years, more than the bound of 2 kt on any one flow.
    plant = mine(capacity_t_per_year=1000.0, availability=1.0)
    store = stockpile(opening_t=0.0, capacity_t=None, max_purchase_t_per_year=1000.0)
    found = structure(plants=[plant], suppliers=[], lanes=[], stockpiles=[store])
    assert found.volume_bound == pytest.approx(2.0)
    assert found.stock_capacity["reserve"] >= 4.0


def test_a_purchase_goes_into_its_stockpile() -> None:
    bought = contract(form="purchase", stockpile="reserve", take_or_pay_share=0.8)
    found = structure(contracts=[bought, contract(contract="other")], stockpiles=[stockpile()])
    assert found.purchase_into == {"floor": "reserve"}
    assert found.take_or_pay_share == {"floor": 0.8, "other": 0.0}


def test_weights_are_those_of_the_perspective() -> None:
    found = structure({"objective.perspective": "treasury"})
    assert (found.weights["outlay"], found.weights["resource"]) == (1.0, 0.01)
    assert compiled(hand_case(), flat_paths(50.0)).awards.weights["outlay"] == 0.2
