"""The printed solution: what it says, how wide it is, and what it leaves out."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from optimizer.report.terminal import print_fields, print_solution
from tests.unit.report.small_solution import SmallSolution


def printed(solution: SmallSolution) -> str:
    """The report as text."""
    file = io.StringIO()
    print_solution(solution, file)
    return file.getvalue()


def row_of(text: str, *words: str) -> list[str]:
    """The cells of the only line that contains all words."""
    lines = [line for line in text.splitlines() if all(word in line for word in words)]
    assert len(lines) == 1, lines
    return lines[0].split()


def test_bound_and_gap_stand_beside_the_objective() -> None:
    text = printed(SmallSolution())
    assert "Two plants, one embargo\nsmall: the best plan to within the gap" in text
    assert "objective 12,345.5 musd · bound 12,339.2 musd · gap 0.051 % (6.2 musd) · 12.3 s" in text


def test_a_plan_that_is_not_proven_is_not_called_best_to_within_the_gap() -> None:
    assert "small: the best plan found before the time limit" in printed(SmallSolution(termination="time_limit"))


def test_a_missing_bound_is_not_shown_as_zero() -> None:
    text = printed(SmallSolution(bound_musd=None, gap=None))
    assert "bound – musd · gap – ·" in text


def test_no_line_is_wider_than_a_hundred_columns() -> None:
    assert max(len(line) for line in printed(SmallSolution()).splitlines()) <= 100


def test_contracts_show_their_terms_and_plants_without_one_show_dashes() -> None:
    text = printed(SmallSolution())
    assert row_of(text, "oxide-west", "floor") == [
        "oxide-west", "us", "separation", "floor", "2028", "110.0", "6,075", "10", "30", "%"
    ]  # fmt: skip
    assert row_of(text, "magnet-[east]") == ["magnet-[east]", "japan", "magnet", "–", "2030", "–", "–", "–", "–"]


def test_finance_lists_only_supported_plants_and_the_pots_behind_them() -> None:
    text = printed(SmallSolution())
    assert row_of(text, "oxide-west", "1,234.5")[1:] == [
        "2,000.0", "0.0", "400.0", "150.0", "1,234.5", "215.5", "61.2", "-107.8"
    ]  # fmt: skip
    assert "  oxide-west: equity-pot 400.0; loan-pot 150.0" in text
    assert "Built without support, with the plan or without: recycler" in text


def test_pots_show_size_use_and_outlays() -> None:
    cells = row_of(printed(SmallSolution()), "floor-pot", "2,600.0")
    assert cells == ["floor-pot", "2,600.0", "2,100.4", "812.3", "1,999.9", "3,456.7"]


def test_stock_is_summed_over_years() -> None:
    # 700 t in each of 2027 and 2028 on top of 100 t held: 1,400 t bought, 1,500 t at most. Of that, 100 and 800 t are
    # 7 × 0.067 = 0.5 and 7 × 0.533 = 3.7 steps above the lowest mark: none (0.47 is nearer 0) and four.
    assert row_of(printed(SmallSolution()), "nds")[2:] == ["1,400", "2027", "2028", "1,500", "▁▅█"]


def test_supply_shares_are_of_the_last_year_and_small_origins_are_summed() -> None:
    # Calm with the plan: china 90, us 9, japan 1 of 100 t. Japan never reaches 2 %, so it is the rest: 1 of 100 t
    # calm with the plan, 0.5 of 100 t calm without, 1 of 81 t in an embargo with, 0.5 of 31 t without.
    text = printed(SmallSolution())
    assert "Where allied supply comes from in 2030" in text
    assert row_of(text, "magnet", "china")[2::2] == ["99.0", "90.0", "96.8", "24.7"]
    assert row_of(text, "other")[1::2] == ["0.5", "1.0", "1.6", "1.2"]


def test_unmet_demand_is_a_share_over_all_years() -> None:
    # Embargo without the plan: 50 t of 200 t in each of two years is 25 %; with it 5 of 200 is 2.5 %.
    assert row_of(printed(SmallSolution()), "defence")[2::2] == ["0.00", "0.00", "25.00", "2.50"]


def test_the_breakdown_ends_in_the_objective_it_sums_to() -> None:
    solution = SmallSolution()
    assert sum(solution.breakdown.values()) == pytest.approx(solution.objective_musd)
    last = [line.split() for line in printed(solution).splitlines() if line.strip()]
    assert last[-2] == ["objective", "12,345.5", "100.0", "%"]
    assert last[-1] == ["Input", "rows", "by", "grade", "of", "evidence:", "A", "3,", "judgement", "4"]


def test_what_the_plan_buys_is_a_difference() -> None:
    assert row_of(printed(SmallSolution()), "expected shortage cost")[-3:] == ["900.0", "250.0", "-650.0"]


def test_shares_are_printed_in_per_cent() -> None:
    cells = row_of(printed(SmallSolution()), "oxide from covered countries")
    assert cells[-6:] == ["75.0", "%", "50.0", "%", "-25.0", "%"]


def test_contract_payments_stand_with_their_tail() -> None:
    cells = row_of(printed(SmallSolution()), "oxide-floor")
    assert cells == ["oxide-floor", "floor-pot", "812.3", "1,999.9", "3,456.7"]


def test_a_situation_without_rows_is_a_dash() -> None:
    solution = SmallSolution()
    supply = solution.tables["supply"]
    solution.tables["supply"] = supply[supply["condition"] == "calm"]
    assert row_of(printed(solution), "magnet", "china")[2:] == ["99.0", "%", "90.0", "%", "–", "–"]


def test_empty_and_absent_tables_are_left_out() -> None:
    solution = SmallSolution()
    solution.tables = {"awards": pd.DataFrame(), "breakdown": solution.tables["breakdown"]}
    text = printed(solution)
    assert "Plants and contracts" not in text
    assert "Pots" not in text
    assert "What the objective is made of" in text


def test_a_plan_without_public_money_has_no_finance_table() -> None:
    solution = SmallSolution()
    awards = solution.tables["awards"]
    solution.tables["awards"] = awards[awards["plant"] != "oxide-west"]
    assert "Finance of plants" not in printed(solution)


def test_fields_are_printed_as_they_are() -> None:
    file = io.StringIO()
    print_fields("Title", {"name": "words [bold]and[/bold] :smile:"}, file)
    assert "words [bold]and[/bold] :smile:" in file.getvalue()
