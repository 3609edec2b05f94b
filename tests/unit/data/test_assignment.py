"""Setting one value by its path."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.data.schema import TABLES
from optimizer.errors import CaseError, SettingError
from optimizer.settings import Settings
from tests.small_case import small_case, small_tables


@pytest.mark.parametrize(
    ("path", "value", "table", "key", "read"),
    [
        ("programmes.us_pot.budget_musd", 600, "programmes", ("us_pot",), 600.0),
        ("programmes.us_pot.budget_musd", "600", "programmes", ("us_pot",), 600.0),
        ("programmes.us_pot.yearly_cap_musd", "50", "programmes", ("us_pot",), 50.0),
        ("demand.us/civil/magnet.base_t_per_year", 1, "demand", ("us", "civil", "magnet"), 1.0),
        ("support.us_oxide/debt/none.rate", 0.08, "support", ("us_oxide", "debt", None), 0.08),
        ("suppliers.china_magnets/1.quantity_t_per_year", 5, "suppliers", ("china_magnets", 1), 5.0),
        ("plants.us_oxide.start_years", "2028;2029", "plants", ("us_oxide",), (2028, 2029)),
        ("plants.us_oxide.start_years", [2028], "plants", ("us_oxide",), (2028,)),
        ("plants.us_oxide.reserve_t", None, "plants", ("us_oxide",), None),
        ("contracts.magnet_cfd.offtake", False, "contracts", ("magnet_cfd",), False),
    ],
)  # fmt: skip
def test_table_values(path: str, value: Any, table: str, key: tuple[Any, ...], read: Any) -> None:
    assert small_case().set(path, value).row(table, *key)[path.rpartition(".")[2]] == read


def test_the_first_part_of_a_path_is_unambiguous() -> None:
    assert set(TABLES).isdisjoint(Settings.model_fields)


def test_the_case_itself_stays() -> None:
    case = small_case()
    case.set("programmes.us_pot.budget_musd", 600)
    assert case.row("programmes", "us_pot").budget_musd == 500.0


def test_keys_with_dots() -> None:
    ramps = [{**row, "ramp": "v1.2"} for row in small_tables()["ramps"]]
    plants = [{**row, "ramp": "v1.2"} for row in small_tables()["plants"]]
    case = small_case(tables={"ramps": ramps, "plants": plants})
    assert case.set("ramps.v1.2/1.share", 0.7).row("ramps", "v1.2", 1).share == 0.7


def test_a_value_outside_the_plausible_range_moves_the_range() -> None:
    """capex 300 has the range 250 to 400; a what-if of 500 must not be refused for that."""
    plant = small_case().set("plants.us_oxide.capex_musd", 500).row("plants", "us_oxide")
    assert (plant.capex_musd_low, plant.capex_musd, plant.capex_musd_high) == (250.0, 500.0, 500.0)
    plant = small_case().set("plants.us_oxide.capex_musd", "100").row("plants", "us_oxide")
    assert (plant.capex_musd_low, plant.capex_musd, plant.capex_musd_high) == (100.0, 100.0, 400.0)


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("scenarios.paths", 64, 64),
        ("scenarios.paths", "64", 64),
        ("scenarios.hazard_scale", "2", 2.0),
        ("viability.private_entry", "no", False),
        ("viability.private_entry", True, True),
        ("case.title", "64", "64"),
        ("horizon.last_year", "2036", 2036),
    ],
)
def test_settings(path: str, value: Any, read: Any) -> None:
    section, name = path.split(".")
    assert getattr(getattr(small_case().set(path, value).settings, section), name) == read


def test_one_weight_starts_from_the_weights_in_effect() -> None:
    """treasury weighs resource cost 0.01 and outlay 1; only the one that is set changes."""
    weights = small_case().set("objective.perspective", "treasury").set("objective.weights.outlay", "0.7")
    effective = weights.settings.objective.effective_weights
    assert (effective.outlay, effective.resource) == (0.7, 0.01)


def test_perspective_is_not_silently_overruled_by_own_weights() -> None:
    case = small_case().set("objective.weights.outlay", 0.7)
    with pytest.raises(SettingError, match=r"Set objective\.weights to none first"):
        case.set("objective.perspective", "treasury")
    back = case.set("objective.weights", "none").set("objective.perspective", "treasury")
    assert back.settings.objective.effective_weights.outlay == 1.0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("programs.us_pot.budget_musd", "Did you mean 'programmes'"),
        ("programmes.us_pott.budget_musd", "Did you mean 'us_pot'"),
        ("programmes.us_pot.budget", "Did you mean 'budget_musd'"),
        ("programmes.us_pot", "three parts"),
        ("programmes", "three parts"),
        ("demand.us/magnet.growth_per_year", "no row 'us/magnet'"),
        ("scenarios.path", "Did you mean 'paths'"),
        ("scenarios", "names a whole section"),
        ("scenarios.paths.more", "no such setting"),
        ("objective.weights.outlays", "Did you mean 'outlay'"),
        ("targets.cap.level", "no row 'cap'"),
        ("", "neither a table nor a section"),
    ],
)
def test_unknown_paths_name_the_nearest(path: str, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        small_case().set(path, 1)


@pytest.mark.parametrize("value", ["1_0", "", "many", "1.5"])
def test_setting_values_that_are_refused(value: str) -> None:
    with pytest.raises(SettingError, match=r"scenarios\.paths"):
        small_case().set("scenarios.paths", value)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("scenarios.paths", 0, r"case\.toml, scenarios\.paths"),
        ("scenarios.paths", 1.5, r"case\.toml, scenarios\.paths"),
        ("scenarios.seed", True, r"case\.toml, scenarios\.seed"),
        ("objective.perspective", "planner", r"case\.toml, objective\.perspective"),
        ("horizon.last_year", 2020, r"case\.toml, horizon"),
        ("horizon.last_year", 2027, r"plants\.csv row 3, start_years"),
        ("programmes.us_pot.budget_musd", "lots", r"programmes\.csv row 2, budget_musd: 'lots' is not a number"),
        ("programmes.us_pot.budget_musd", "none", r"budget_musd: 'none' is not a number"),
        ("plants.us_oxide.ramp", "two_year", "Did you mean 'two_years'"),
    ],
)
def test_values_that_are_refused(path: str, value: Any, words: str) -> None:
    with pytest.raises(CaseError, match=words):
        small_case().set(path, value)


def test_not_a_number_is_refused() -> None:
    with pytest.raises(SettingError, match="not a number"):
        small_case().set("plants.us_oxide.availability", float("nan"))
