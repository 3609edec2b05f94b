"""Figures that are given the wrong thing, or nothing to draw, say so in words."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from optimizer import SettingError, figures
from optimizer.figures.asked import FIGURES
from tests.small_case import small_case
from tests.unit.figures.analyses_by_hand import answers

OF_SOLUTION = sorted(name for name, needs in FIGURES.items() if not needs.verb)
OF_ANALYSIS = sorted(name for name, needs in FIGURES.items() if needs.verb)
YEARLY = ["programme", "year", "expected_musd", "p05_musd", "median_musd", "p95_musd", "worst_musd"]


def run(**tables: pd.DataFrame) -> Any:
    """Something with a case and tables, as a solution has."""
    return SimpleNamespace(case=small_case(), tables=tables)


def test_every_public_figure_is_checked_and_no_other() -> None:
    assert sorted(FIGURES) == sorted(figures.__all__) == dir(figures)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_figure_keeps_its_words_and_signature(name: str) -> None:
    figure = getattr(figures, name)
    first = next(iter(inspect.signature(figure).parameters))
    assert first == ("analysis" if FIGURES[name].verb else "solution")
    assert figure.__doc__
    assert getattr(figures, name) is figure


@pytest.mark.parametrize("name", OF_SOLUTION)
@pytest.mark.parametrize("given", [None, pd.DataFrame(), "mp-materials", small_case()])
def test_what_is_no_solution_is_refused_by_name(name: str, given: Any) -> None:
    word = "None" if given is None else f"a {type(given).__name__}"
    with pytest.raises(SettingError, match=f"figures.{name} draws a Solution.*not {word}"):
        getattr(figures, name)(given, *["magnet"] * len([c for c in FIGURES[name].choices if c.needed]))


@pytest.mark.parametrize("name", OF_ANALYSIS)
def test_another_analysis_is_refused_by_name(name: str) -> None:
    other = answers()["regret" if name != "regret" else "frontier"]
    with pytest.raises(SettingError, match=rf"{FIGURES[name].function}\(case\), not an analysis \({other.verb}\)"):
        getattr(figures, name)(other)


def test_an_analysis_is_no_solution_and_a_solution_no_analysis() -> None:
    with pytest.raises(SettingError, match=r"draws a Solution.*not an analysis \(frontier\)"):
        figures.outlays(answers()["frontier"])
    with pytest.raises(SettingError, match=r"answer of frontier\(case\), not a SimpleNamespace"):
        figures.frontier(run())


def test_a_solution_without_its_case_is_refused() -> None:
    with pytest.raises(SettingError, match="needs the case"):
        figures.chain(SimpleNamespace(case=None, tables={}))


def test_a_plan_that_pays_nothing_has_no_outlays_to_draw() -> None:
    nothing = run(yearly_outlays=pd.DataFrame(columns=YEARLY))
    with pytest.raises(SettingError, match=r"nothing to draw: no pot pays anything out"):
        figures.outlay_fan(nothing)


def test_a_name_that_is_not_there_is_answered_with_those_that_are() -> None:
    paying = run(yearly_outlays=pd.DataFrame([["us_pot", 2030, 1.0, 0.5, 1.0, 2.0, 3.0]], columns=YEARLY))
    assert len(figures.outlay_fan(paying, "us_pot").data) > 0
    with pytest.raises(SettingError, match=r"no programme 'uspot' to draw.*us_pot"):
        figures.outlay_fan(paying, "uspot")
    with pytest.raises(SettingError, match="no programme 'uspot' to draw"):
        figures.outlay_fan(paying, programme="uspot")
    with pytest.raises(SettingError, match=r"needs plant.*us_oxide"):
        figures.break_even(answers()["breakeven"])
    with pytest.raises(SettingError, match=r"no curve 'grants' to draw.*grant"):
        figures.needed_strikes(answers()["breakeven"], "us_oxide", "grants")


def test_right_answers_are_drawn() -> None:
    found = answers()
    assert len(figures.frontier(found["frontier"]).data) > 0
    assert len(figures.break_even(found["breakeven"], "us_oxide").data) > 0
    assert len(figures.needed_strikes(found["breakeven"], "us_oxide", curve="grant").data) > 0
