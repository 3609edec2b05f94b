"""What holds of a sensitivity analysis of any case: shortcuts change nothing, best plans are best, indices add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.template import open_values
from optimizer import read_case, sensitivity
from optimizer.analysis import Analysis
from optimizer.analysis.uncertain_inputs.desk import Desk
from optimizer.analysis.uncertain_inputs.indices import first_order, quantile_sample, shape_values
from optimizer.analysis.uncertain_inputs.inputs import ENDS, uncertain_inputs
from optimizer.analysis.uncertain_inputs.study import touched
from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine import Options, decompose
from optimizer.engine.variations.open_supply import OpenSupply, award_values
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from optimizer.whatif import apply
from tests.small_case import small_case, small_tables

GAP = 1e-4


def ranged(share: float) -> Case:
    """The small case with a range around every figure that may have one, or a half to one where it is zero."""
    tables: dict[str, list[dict[str, Any]]] = small_tables()
    for name, rows in tables.items():
        for column in (column for column in TABLES[name].columns if column.ranged):
            for row in rows:
                best = row.get(column.name, column.default)
                if isinstance(best, int | float):
                    width = share * abs(best) if best else 0.0
                    row |= {f"{column.name}_low": best - width, f"{column.name}_high": best + width}
    tables["targets"] = [
        {
            "target": "met", "kind": "service_level", "region": "us", "material": "magnet", "segment": "civil",
            "first_year": 2028, "last_year": 2030, "level": 0.9, "level_low": 0.85, "level_high": 0.95,
            "mode": "priced", "price_usd_per_kg": 50.0, "source": "judgement", "grade": "judgement",
        },
        {
            "target": "share", "kind": "share_limit", "region": "us", "material": "magnet", "origin": "china",
            "first_year": 2030, "last_year": 2032, "level": 0.6, "level_low": 0.5, "level_high": 0.7,
            "mode": "priced", "price_usd_per_kg": 20.0, "source": "judgement", "grade": "judgement",
        },
    ]  # fmt: skip
    return small_case(tables=tables)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The small case, solved."""
    return Desk(ranged(0.1), Options(gap=GAP, time_limit=60.0, seed=1))


def test_shortcuts_change_no_number(desk: Desk) -> None:
    # What an input is said not to touch is not worked out again; working everything out again must find the same.
    inputs = uncertain_inputs(desk.case)
    assert {(one.table, one.column) for one in inputs} >= {
        ("plants", "capex_musd"), ("plants", "hurdle_rate"), ("plants", "capacity_t_per_year"), ("recipes", "t_per_t"),
        ("demand", "base_t_per_year"), ("lanes", "freight_usd_per_kg"), ("support", "rate"), ("targets", "level"),
        ("price_series", "long_run_usd_per_kg"), ("disruptions", "hazard_per_year"), ("programmes", "budget_musd"),
    }  # fmt: skip
    for one in inputs:
        case = apply(desk.case, one.at_end("high"))
        short, whole = desk.kept.at(case, touched(one)), desk.kept.at(case)
        assert short.cost == pytest.approx(whole.cost, rel=1e-9), one.name
        assert short.left_cost == pytest.approx(whole.left_cost, rel=1e-9), one.name
        assert short.outlay == pytest.approx(whole.outlay, rel=1e-9, abs=1e-6), one.name
        assert short.broken == whole.broken, one.name


@pytest.mark.parametrize("name", ["mp-materials", pytest.param("allied-magnets", marks=pytest.mark.slow)])
def test_open_supply_is_supply_compiled_anew(name: str) -> None:
    case = read_case(name).set("scenarios.paths", 16).set("scenarios.futures", 3)
    first = compile_instance(case, draw(case))
    supply = OpenSupply(first)
    awards = {("build", option): 1.0 for option in first.awards.build_options if option[1] == min(
        start for plant, start in first.awards.build_options if plant == option[0])}  # fmt: skip
    rng = np.random.default_rng(1)
    inputs = [one for one in uncertain_inputs(case) if one.table not in ("support", "programmes")]
    shares = rng.random(len(inputs))
    changes = [c for one, share in zip(inputs, shares, strict=True) for c in one.at_quantile(float(share), "uniform")]
    for changed in (case, apply(case, changes)):
        other = compile_instance(changed, draw(changed))
        parts = decompose(other)
        x = np.array([awards.get(column, 0.0) for column in parts.template.award_columns])
        expected = [reply.value for reply in parts.futures.ask(x)]
        found = supply.costs(other, awards)
        assert found is not None
        assert found.total.tolist() == pytest.approx(expected, rel=1e-8)


def test_an_open_template_says_what_it_has_no_place_for() -> None:
    case = small_case()
    instance = compile_instance(case, draw(case))
    supply = OpenSupply(instance)
    measured = small_case(
        tables={
            "border_measures": [
                {
                    "measure": "duty", "kind": "tariff", "region": "us", "origin": "china", "material": "magnet",
                    "tariff_rate": 0.25, "first_year": 2027, "last_year": None, "source": "judgement",
                    "grade": "judgement",
                }
            ]
        }
    )  # fmt: skip
    other = compile_instance(measured, draw(measured))
    assert open_values(supply._template, other.structure, other.futures) is None
    assert supply.costs(other, award_values({})) is None


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    """A whole analysis of the small case."""
    return sensitivity(ranged(0.1), largest=6, samples=32, switches=2, steps=2, gap=GAP)


def test_best_plans_cost_no_more_than_the_plan_that_is_left(analysis: Analysis) -> None:
    answers = analysis.tables["answers"]
    assert len(answers) == 12
    for row in answers.to_dict("records"):
        stuck = row["verdict"].startswith("cannot stay: pot") or "over-compensated" in row["broken"]
        if not stuck:
            left = analysis.solves["objective_musd"].iloc[0] + row["left_musd"]
            assert row["bound_musd"] <= left + 1e-6 * left, row["input"]
            assert row["objective_musd"] <= left * (1.0 + GAP), row["input"]
        assert row["regret_most_musd"] >= row["regret_least_musd"] >= 0.0


def test_indices_lie_between_none_and_all_and_add_up_to_no_more(analysis: Analysis) -> None:
    indices = analysis.tables["indices"]
    shares = indices[["low_share", "first_share", "high_share", "most_total_share"]].to_numpy()
    assert ((shares >= 0.0) & (shares <= 1.0)).all()
    assert (np.diff(shares[:, :3], axis=1) >= -1e-12).all()
    assert (indices.groupby("output")["first_share"].sum() <= 1.0 + 1e-9).all()
    flat = analysis.table[analysis.table["bar_musd"] == 0.0]["input"]
    assert len(flat) > 0
    cost = indices[indices["output"] == "cost"].set_index("input")["first_share"]
    assert (cost.reindex(flat) == 0.0).all()


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing(analysis: Analysis) -> None:
    two = sensitivity(ranged(0.1), largest=1, samples=0, switches=0, gap=GAP, workers=2)
    one = analysis.table.set_index("input")
    for row in two.table.to_dict("records"):
        for end in ENDS:
            assert row[f"kept_{end}_musd"] == pytest.approx(one.loc[row["input"], f"kept_{end}_musd"], abs=1e-6)
            assert row[f"broken_{end}"] == one.loc[row["input"], f"broken_{end}"]


@pytest.mark.parametrize("seed", range(4))
def test_indices_of_a_product_are_those_on_paper(seed: int) -> None:
    # Y = (1 + X1)(1 + 0.5 X2), X uniform on (−1, 1), so Var X = 1/3. E[Y|X1] = 1 + X1: 1/3. E[Y|X2]: 0.25/3 = 1/12.
    # Var Y = E[(1 + X1)²] E[(1 + X2/2)²] − 1 = 4/3 × 13/12 − 1 = 4/9; shares 3/4 and 3/16; interactions 1/16.
    x = 2.0 * quantile_sample(256, 2, seed) - 1.0
    y = (1.0 + x[:, 0]) * (1.0 + 0.5 * x[:, 1])
    ends = np.array([[-1.0, 1.0], [-0.5, 0.5]])
    shapes = shape_values(x, ends[:, 0], ends[:, 1])
    found = first_order(y, shapes, np.zeros(2), np.array([1.0 / 3.0, 1.0 / 12.0]), 1.0, seed)
    assert found.first.tolist() == pytest.approx([0.75, 0.1875], abs=0.06)
    assert (found.low <= np.array([0.75, 0.1875]) + 0.03).all()
    assert (found.high >= np.array([0.75, 0.1875]) - 0.03).all()
    assert found.deviation**2 == pytest.approx(4.0 / 9.0, rel=0.12)
    # The total indices are those of first order and the interactions: 13/16 and 1/4.
    assert (found.most_total >= np.array([0.8125, 0.25]) - 0.06).all()
