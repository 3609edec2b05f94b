"""Lines of marks: which years, on which scale, and what stands beside them."""

from __future__ import annotations

import io

import pandas as pd

from optimizer.report.console import show
from optimizer.report.sparkline import MOST_MARKS, sparkline
from optimizer.report.yearly import covered_shares, stock_line, yearly_outlays


def lines(view: object) -> list[list[str]]:
    """What is printed, as words."""
    file = io.StringIO()
    assert view is not None
    show(view, file)  # type: ignore[arg-type]
    return [line.split() for line in file.getvalue().splitlines()]


def supply(*rows: tuple[str, str, int, str, float]) -> pd.DataFrame:
    """Condition, plan, year, origin and tonnes, all of one material."""
    frame = pd.DataFrame(rows, columns=["condition", "plan", "year", "origin", "supply_t"])
    return frame.assign(material="magnet")


def test_shares_of_covered_countries_are_on_a_scale_from_none_to_all() -> None:
    # China 100 of 100 t is the highest mark (7 of 7 steps), 50 of 100 t is 3.5 steps (4 to even), none the lowest.
    found = supply(
        ("calm", "without", 2026, "china", 100.0), ("calm", "without", 2027, "china", 50.0),
        ("calm", "without", 2027, "us", 50.0), ("calm", "without", 2028, "us", 80.0),
        ("calm", "with", 2026, "us", 100.0), ("calm", "with", 2027, "us", 100.0), ("calm", "with", 2028, "us", 80.0),
    )  # fmt: skip
    printed = lines(covered_shares(found, ["china"]))
    assert printed[-1] == ["magnet", "calm", "█▅▁", "0", "–", "100", "%", "▁▁▁", "0", "%"]
    assert printed[2] == ["material", "2026–2028", "from", "–", "to", "2026–2028", "from", "–", "to"]


def test_a_year_without_supply_in_a_condition_is_blank() -> None:
    found = supply(
        ("embargo", "without", 2026, "china", 1.0), ("embargo", "without", 2028, "china", 1.0),
        ("embargo", "with", 2026, "us", 1.0), ("embargo", "with", 2028, "china", 1.0),
    )  # fmt: skip
    assert lines(covered_shares(found, ["china"]))[-1] == [
        "magnet", "embargo", "█", "█", "100", "%", "▁", "█", "0", "–", "100", "%"
    ]  # fmt: skip


def test_materials_that_covered_countries_never_supply_are_left_out() -> None:
    found = supply(("calm", "without", 2026, "us", 1.0), ("calm", "with", 2026, "us", 1.0))
    assert covered_shares(found, ["china"]) is None


def test_outlays_are_on_the_scale_of_their_pot_with_every_year() -> None:
    # From 0 to 700: 100 is one step, 700 seven; 2027 has no outlay, which is 0.
    rows = pd.DataFrame(
        {"programme": ["pot"] * 2, "year": [2026, 2028], "expected_musd": [100.0, 200.0], "p95_musd": [300.0, 700.0]}
    )
    assert lines(yearly_outlays(rows))[-1] == ["pot", "▂▁▃", "0.0", "200.0", "▄▁█", "700.0"]


def test_money_that_flows_back_lowers_the_scale() -> None:
    # From -700 to 0: the lowest mark is -700, the highest is nothing.
    rows = pd.DataFrame({"programme": "pot", "year": [2026, 2027], "expected_musd": [-700.0, 0.0], "p95_musd": 0.0})
    assert lines(yearly_outlays(rows))[-1] == ["pot", "▁█", "-700.0", "0.0", "██", "0.0"]


def test_a_pot_that_never_pays_has_no_line() -> None:
    rows = pd.DataFrame({"programme": "pot", "year": [2026], "expected_musd": 0.0, "p95_musd": 0.0})
    assert yearly_outlays(rows) is None


def test_no_stock_is_a_dash() -> None:
    assert stock_line([0.0, 0.0]) == "–"
    assert stock_line([7.0, 0.0, 1.0]) == "█▁▂"


def test_a_long_line_is_of_means_of_as_many_years_each() -> None:
    values = [0.0, 14.0] * 20
    assert sparkline(values, 0.0, 7.0) == "█" * MOST_MARKS
    assert sparkline([0.0] * 41, 0.0, 1.0) == "▁" * 14
