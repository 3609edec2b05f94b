"""The language of what-ifs: what each change does, what it touches, and what is refused with which words."""

from __future__ import annotations

import pytest

from optimizer.errors import CaseError, SettingError
from optimizer.whatif import apply, parse_change, preview
from tests.small_case import small_case


def test_changes_are_made_in_order() -> None:
    case = apply(small_case(), ["programmes.us_pot.budget_musd=600", "programmes.us_pot.budget_musd *= 1.5"])
    assert case.row("programmes", "us_pot").budget_musd == 900.0
    assert apply(case, []) == case


def test_a_value_may_hold_signs_of_its_own() -> None:
    change = parse_change("case.title=a = b *= c")
    assert (change.target.path, change.action, change.value) == ("case.title", "=", "a = b *= c")


@pytest.mark.parametrize("text", ["", "=", "a.b.c", "a.b.c=", "=5", "*=2", "plants[region=us].capex_musd"])
def test_texts_that_are_no_change(text: str) -> None:
    with pytest.raises(SettingError, match="PATH=VALUE"):
        parse_change(text)


@pytest.mark.parametrize(
    ("operator", "operand", "expected"), [("*=", 2, 1000.0), ("/=", 4, 125.0), ("+=", 1.5, 501.5), ("-=", 100, 400.0)]
)
def test_numbers_are_put_together(operator: str, operand: float, expected: float) -> None:
    case = apply(small_case(), [f"programmes.us_pot.budget_musd {operator} {operand}"])
    assert case.row("programmes", "us_pot").budget_musd == expected


def test_a_filter_picks_rows_and_only_those() -> None:
    """The oxide plant costs 300, so that a limit between the two capex figures picks one of them."""
    before = small_case()
    capex = {row.plant: row.capex_musd for row in before.rows("plants")}
    assert len(set(capex.values())) == 2
    dearer = max(capex, key=lambda plant: capex[plant])
    limit = sum(capex.values()) / 2
    after = apply(before, [f"plants[status=candidate, capex_musd>{limit}].availability *= 0.5"])
    for row in before.rows("plants"):
        factor = 0.5 if row.plant == dearer else 1.0
        assert after.row("plants", row.plant).availability == row.availability * factor


def test_alternatives_and_exclusions() -> None:
    plants = [row.plant for row in small_case().rows("plants")]
    both = preview(small_case(), [f"plants[plant={plants[0]}|{plants[1]}].availability = 0.5"])
    assert set(both["key"]) == {plants[0], plants[1]}
    others = preview(small_case(), [f"plants[plant!={plants[0]}].availability = 0.5"])
    assert set(others["key"]) == set(plants[1:])


def test_a_preview_shows_every_cell_that_moves_with_its_range() -> None:
    """capex 300 with the range 250 to 400: twice as much is outside, so that the upper end moves too."""
    table = preview(small_case(), ["plants.us_oxide.capex_musd *= 2", "scenarios.hazard_scale = 3"])
    assert table.drop(columns="change").to_numpy().tolist() == [
        ["plants", "us_oxide", "capex_musd", "300.0", "600.0"],
        ["plants", "us_oxide", "capex_musd_high", "400.0", "600.0"],
        ["settings", "scenarios.hazard_scale", "", "1.0", "3"],
    ]


def test_lists_gain_and_lose_words() -> None:
    case = apply(small_case(), ["plants.us_magnet.start_years = 2028;2029", "plants.us_magnet.start_years += 2030"])
    assert case.row("plants", "us_magnet").start_years == (2028, 2029, 2030)
    case = apply(case, ["plants.us_magnet.start_years -= 2028"])
    assert case.row("plants", "us_magnet").start_years == (2029, 2030)


def test_rows_go_and_come_together_or_not_at_all() -> None:
    """A plant may not go alone: its contract would name a plant that is not there."""
    with pytest.raises(CaseError):
        apply(small_case(), ["drop plants.us_magnet"])
    contract = small_case().row("contracts", "magnet_cfd")
    case = apply(small_case(), ["append contracts like magnet_cfd: contract=copy, strike_max_usd_per_kg=95"])
    copied = case.row("contracts", "copy")
    assert copied.strike_max_usd_per_kg == 95.0
    assert copied.plant == contract.plant
    assert len(case.rows("contracts")) == len(small_case().rows("contracts")) + 1
    gone = apply(case, ["drop contracts[contract=copy]"])
    assert gone.rows("contracts") == small_case().rows("contracts")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plants[regin=us].capex_musd = 1", "plants has no column 'regin'. Did you mean 'region'?"),
        ("plants[region=uss].capex_musd = 1", "no row of plants has region=uss. Did you mean 'us'?"),
        ("plants[region=us].capex = 1", "plants has no column 'capex'. Did you mean 'capex_musd'?"),
        ("plants.us_oxid.capex_musd = 1", "plants has no row 'us_oxid' (plant). Did you mean 'us_oxide'?"),
        ("plant[region=us].capex_musd = 1", "'plant' is not a table. Did you mean 'plants'?"),
        ("plants[region].capex_musd = 1", "'region' is not a condition"),
        ("plants[region>us].capex_musd = 1", "region is not a number"),
        ("plants[region=us].name *= 2", "not a number. Set it with =."),
        ("plants[region=us].capex_musd *= twice", "'twice' is not a number"),
        ("plants[region=us].capex_musd /= 0", "divided by 0"),
        ("programmes.us_pot.yearly_cap_musd *= 2", "yearly_cap_musd is none"),
        ("case.title *= 2", "is not a number"),
        ("scenarios.path = 5", "Did you mean 'paths'"),
        ("drop plants[region=us].capex_musd", "drop takes whole rows"),
        ("drop scenario.paths", "'scenario' is not a table"),
        ("append contracts like magnet_cfd", "write append TABLE like KEY"),
        ("append contracts like magnet: contract=x", "contracts has no row 'magnet'"),
        ("append contracts like magnet_cfd: contrct=x", "contracts has no column 'contrct'"),
        ("plants.us_magnet.start_years -= 1999", "1999 is not in start_years"),
    ],
)
def test_what_is_refused_says_what_is_meant(text: str, words: str) -> None:
    with pytest.raises(SettingError) as error:
        apply(small_case(), [text])
    assert words in str(error.value)


def test_a_value_that_the_column_refuses_is_a_fault_of_the_case() -> None:
    with pytest.raises(CaseError, match="availability"):
        apply(small_case(), ["plants.us_oxide.availability *= 7"])
    with pytest.raises(CaseError, match="capex_musd"):
        apply(small_case(), ["plants[status=candidate].capex_musd = lots"])
