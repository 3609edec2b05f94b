"""Every kind of result shows itself: in a notebook with units and escaped text, at the prompt in one short line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import Certificate, Explanation, LiveCase, Solution, compare
from optimizer.analysis import Analysis
from optimizer.batch import Ledger
from optimizer.explanation import Conflict, SanityFinding
from optimizer.explanation.input_cells import InputCell
from optimizer.explanation.policy_limits import PolicyLimit
from optimizer.settlement import read_terms, settle
from optimizer.verification import Check
from tests.small_case import small_case
from tests.unit.comparison.runs_by_hand import run
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.results.test_solution import solution
from tests.unit.settlement.example import months, quotes, terms_with

BAD = "<script>alert('x')</script> & \"more\""
CASE = small_case().set("case.title", BAD).set("case.question", BAD)
HOLDS = Check("balance", "t", 12, 0.0, 0.0, 1e-6, "", True)
FAILS = Check(BAD, "musd", 3, 2.5, 0.01, 1e-6, BAD, False)
CELL = InputCell("programmes", 2, "budget_musd", BAD, "musd", "programmes.pot.budget_musd")
LIMIT = PolicyLimit("pot", BAD, BAD, (CELL,), lambda case: case)


def no_plan() -> Explanation:
    repairs = pd.DataFrame({"repair": [1], "limit": [BAD], "change": ["+70"], "plan_cost_musd": [1234.56]})
    found = (SanityFinding(BAD, (CELL,), True),)
    return Explanation("small", False, found, conflicts=(Conflict((LIMIT,)),), repairs=repairs, notes=(BAD,))


def with_plan() -> Explanation:
    why = pd.DataFrame({"plant": ["mine"], "verdict": ["dear"], "reason": [BAD], "extra_cost_musd": [331.94]})
    return Explanation("small", True, (), 900.0, 899.1, why_not=why, notes=(BAD,))


def hostile_answer() -> Analysis:
    answer = answers()["frontier"]
    return replace(answer, title=BAD, findings=(BAD,), interrupted=True)


def statement(**changes: Any) -> Any:
    volumes = [{"period": "2026-Q1", "designation": "sold", "quantity": 500, "unit": "t"}]
    terms = terms_with(contract__title='A "floor" <script>', **changes)
    return settle(terms, quotes(months(2026, [90, 100, 104])), volumes)


KINDS: dict[str, Callable[[], Any]] = {
    "case": lambda: CASE,
    "settings": lambda: CASE.settings,
    "row": lambda: CASE.set("plants.us_oxide.name", BAD).row("plants", "us_oxide"),
    "tables of a case": lambda: CASE.tables,
    "solution": lambda: replace(solution(), title=BAD),
    "interrupted": lambda: replace(solution(termination="interrupted"), title=BAD),
    "without a bound": lambda: replace(solution(bound=-math.inf), title=BAD, gap=math.inf),
    "not verified": lambda: replace(solution(), title=BAD, certificate=Certificate((FAILS, HOLDS), BAD, (BAD,))),
    "comparison": lambda: compare([run(), run(915.0)], ["<script>", "b"], check=False),
    "analysis": hostile_answer,
    "no plan": no_plan,
    "with a plan": with_plan,
    "certificate": lambda: Certificate((FAILS, HOLDS), BAD, (BAD,)),
    "statement": statement,
    "terms": lambda: read_terms(terms_with(contract__title='A "floor" <script>')),
    "live case": lambda: LiveCase(CASE),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_shown_as_one_whole_escaped_part(kind: str) -> None:
    shown = KINDS[kind]()._repr_html_()
    assert shown.startswith('<div class="ov">')
    assert "<script" not in shown
    assert kind == "tables of a case" or "&lt;script&gt;" in shown
    for tag in ("div", "table", "tr", "td", "th", "ul", "li", "details", "p", "span"):
        opened = len(re.findall(rf"<{tag}[ >]", shown))
        assert opened == shown.count(f"</{tag}>"), tag


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_shows_what_is_for_machines(kind: str) -> None:
    shown = re.sub(r"<style>.*?</style>", "", KINDS[kind]()._repr_html_())
    assert not re.search(r"\b(nan|None|inf|NaT|True|False)\b|dtype|0x[0-9a-f]{6}", shown)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"tables of a case", "settings", "terms", "row"}))
def test_every_kind_is_one_short_line_at_the_prompt(kind: str) -> None:
    line = repr(KINDS[kind]())
    assert "\n" not in line
    assert line.startswith("<")
    assert len(line) < 250


def test_a_plan_says_how_good_it_is_and_in_what_money() -> None:
    found = replace(solution(), run={"price_year": 2026, "paths": 2, "futures": 1, "seed": 1})
    shown = found._repr_html_()
    assert f"{found.objective_musd:,.1f} musd" in shown
    assert f"{found.bound_musd:,.1f} musd" in shown
    assert "the best plan to within the gap" in shown
    assert "Money in million USD (musd) of 2026, real." in shown
    assert "<span>musd</span>" in shown
    assert "not verified" in repr(found)


def test_a_plan_that_was_interrupted_or_has_no_bound_says_so() -> None:
    found = KINDS["without a bound"]()
    assert "not known" in found._repr_html_()
    assert "lower bound not known" in repr(found)
    assert "before it was interrupted" in KINDS["interrupted"]()._repr_html_()
    assert "interrupted" in repr(KINDS["interrupted"]())


def test_a_plan_that_does_not_hold_says_so_first() -> None:
    found = KINDS["not verified"]()
    assert '<span class="ov-value">NO</span>' in found._repr_html_()
    assert "NOT VERIFIED" in repr(found)
    shown = found.certificate._repr_html_()
    assert "does NOT hold" in shown
    assert "<details open>" in shown
    assert shown.index("alert") < shown.index("balance")


def test_a_plan_without_any_award_says_so() -> None:
    found = solution()
    empty: Solution = replace(found, tables={**found.tables, "awards": found.tables["awards"].head(0)})  # type: ignore[arg-type]
    assert "The plan builds and backs nothing." in empty._repr_html_()
    assert "0 plants backed" in repr(empty)


def test_an_explanation_names_the_conflict_and_its_repair_with_units() -> None:
    shown = no_plan()._repr_html_()
    assert "small: no plan exists" in shown
    assert "these limits cannot all hold" in shown
    assert "1,234.6" in shown
    assert "programmes.csv row 2, budget_musd" in shown
    assert repr(no_plan()) == "<Explanation small: no plan exists; 1 conflict, 1 repair>"
    assert "It costs 900.0 musd as weighted, and no plan costs less than 899.1 musd (gap 0.100%)." in (
        with_plan()._repr_html_()
    )


def test_an_answer_says_what_it_rests_on() -> None:
    shown = hostile_answer()._repr_html_()
    assert "Rests on 1 solve, the widest gap 0.110%; 16 price paths; 4 futures. Money in musd, real." in shown
    assert "Stopped before the end" in shown
    assert repr(answers()["regret"]) == "<Analysis regret of small: regret (4); widest gap 0.110%>"


def test_runs_side_by_side_show_what_differs_and_count_what_does_not() -> None:
    shown = KINDS["comparison"]()._repr_html_()
    assert "money: " in shown
    assert "rows differ" in shown
    assert "What does not differ" in shown


def test_a_statement_shows_money_to_the_cent_with_totals() -> None:
    # (90 + 100 + 104) / 3 = 98; 110 − 98 = 12 USD/kg on 500 t = 6,000,000 USD.
    shown = statement()._repr_html_()
    assert "6,000,000.00" in shown
    assert "<span>USD/kg</span>" in shown
    assert "<tfoot>" in shown
    assert repr(statement()) == "<Statement a: 1 period, net 6,000,000.00 USD>"


def test_a_statement_without_any_period_says_so() -> None:
    nothing = replace(statement(), lines=())
    assert "No period could be settled." in nothing._repr_html_()


def test_a_case_shows_its_warnings_and_its_evidence() -> None:
    shown = small_case()._repr_html_()
    assert "Two plants, one embargo" in shown
    assert "Rows by grade of evidence: judgement: " in shown
    assert "musd of 2026, real" in shown
    assert "scenarios.paths" in shown


def test_a_ledger_says_where_it_is(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        assert repr(ledger) == f"<Ledger {tmp_path}>"


def test_a_live_case_says_what_it_keeps() -> None:
    live = LiveCase(small_case())
    assert repr(live) == "<LiveCase small: nothing solved yet>"
    live.solve(baseline=False)
    assert repr(live) == "<LiveCase small: 1 plan kept; at the last solve all taken over>"
    live.solve(live.case.set("scenarios.seed", 2), baseline=False)
    assert "built anew" in repr(live)
    assert "built anew:" in live._repr_html_()


def test_names_that_a_plan_offers_are_few() -> None:
    assert len(dir(solution())) < 30
    assert all(not name.startswith("_") for name in dir(solution()))


def test_nothing_that_is_shown_differs_from_run_to_run() -> None:
    found = solution()
    assert replace(found, seconds=1.5)._repr_html_() == replace(found, seconds=math.nan)._repr_html_()
    answer = answers()["frontier"]
    slow = answer.solves.assign(seconds=99.0)
    assert replace(answer, seconds=99.0, solves=slow)._repr_html_() == answer._repr_html_()


def test_what_a_plan_backs_and_what_it_costs_the_public() -> None:
    found = solution()
    awards, pots = found.tables["awards"], found.tables["programmes"]
    assert found.backed["plant"].tolist() == awards["plant"][awards["route"] == "supported"].tolist()
    assert (found.backed["route"] == "supported").all()
    assert found.net_outlay_musd == pytest.approx(sum(pots["expected_net_musd"]))


def test_a_row_of_inputs_is_shown_with_every_digit() -> None:
    shown = small_case().set("plants.us_oxide.capex_musd", 123.4567).row("plants", "us_oxide")._repr_html_()
    assert "<td>123.4567</td><td>musd</td>" in shown
    assert "<td>2027, 2028</td>" in shown
