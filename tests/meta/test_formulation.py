"""The formulation is complete: every constraint is named, worded, tried alone by a test, and in models/README.md."""

from __future__ import annotations

import re
from pathlib import Path

import pyomo.environ as pyo
import pytest

from models.assemble import extensive_form
from optimizer.instance import compile_instance
from optimizer.report.equations import Equation, chapters, formulation_markdown, read_chapter
from optimizer.scenarios import draw
from tests.small_case import small_case, small_tables

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
FILES = {path.stem: read_chapter(path.read_text("utf-8"), path.stem) for path in sorted(MODELS.glob("*.py"))}
EQUATIONS = {equation.name: equation for chapter in FILES.values() for equation in chapter.equations}
PARTS = [chapter for chapter in FILES.values() if chapter.equations]

STRUCTURE = re.compile(
    r"\\(?:mathrm|mathbb|text)\{[^}]*\}|\^\{[a-z]+\}"
    r"|\\(?:sum|min|max|le|ge|in|pm|quad|Big|bar|underline|frac)(?![a-z])|\\[;,]"
)
SYMBOL = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


def symbols(latex: str) -> set[str]:
    """The letters of a formula, without words, sums and relations."""
    return set(SYMBOL.findall(STRUCTURE.sub(" ", latex)))


def explained(words: str) -> set[str]:
    """The letters that a docstring names in running text."""
    return {symbol for formula in re.findall(r":math:`([^`]+)`", words) for symbol in symbols(formula)}


def one_of_everything() -> pyo.ConcreteModel:
    """The small case with a target of each kind, a reserve, steps of cost, scrap, and all other optional parts.

    The constraints of an assembled model are those that its case gives cause to.
    """
    tables = small_tables()
    evidence = {"source": "judgement", "grade": "judgement"}
    target = {"region": "us", "material": "magnet", "first_year": 2028, "last_year": 2030, **evidence}
    target |= {"mode": "priced", "price_usd_per_kg": 100.0, "segment": "any", "origin": None}
    tables["targets"] = [
        {**target, "target": "diversify", "kind": "share_limit", "origin": "china", "level": 0.65},
        {**target, "target": "serve", "kind": "service_level", "level": 0.9},
        {**target, "target": "cover", "kind": "days_of_cover", "level": 60.0},
    ]
    oxide, magnet = tables["plants"]
    oxide |= {"reserve_t": 20_000.0, "min_run_share": 0.5, "below_minimum_cost_usd_per_kg": 1.0}
    magnet |= {"requires": "us_oxide", "profit_cap_share": 0.5}
    running = {**oxide, "plant": "us_running", "status": "operating", "start_years": (2020,), "reserve_t": None}
    running |= {"capex_musd": 0.0, "capex_musd_low": None, "capex_musd_high": None}
    tables["plants"].append(running)
    tables["opex_steps"] = [
        {"plant": "us_oxide", "step": 1, "capacity_share": 0.5, "opex_usd_per_kg": 35.0, **evidence},
        {"plant": "us_oxide", "step": 2, "capacity_share": 0.5, "opex_usd_per_kg": 45.0, **evidence},
    ]
    tables["programmes"][0] |= {"yearly_cap_musd": 200.0, "committed_musd": 10.0}
    worst = {**tables["programmes"][0], "programme": "us_worst", "contract_scoring": "worst", "committed_musd": 0.0}
    tables["programmes"].append(worst)
    tables["eligibility"].append({**tables["eligibility"][2], "programme": "us_worst"})
    tables["eligibility"].append({**tables["eligibility"][0], "instrument": "equity"})
    floor = tables["contracts"][0]
    tables["contracts"][1]["committed"] = True
    purchase = {
        **floor,
        "contract": "oxide_purchase",
        "form": "purchase",
        "stockpile": "oxide_stock",
        "upside_share": 0.0,
    }
    tables["contracts"] += [
        {**floor, "contract": "running_floor", "plant": "us_running", "programme": "us_worst"},
        {**purchase, "take_or_pay_share": 0.5},
    ]
    tables["support"].append({**tables["support"][2], "instrument": "equity", "equity_form": "common"})
    tables["stockpiles"].append({**tables["stockpiles"][0], "stockpile": "oxide_stock", "material": "oxide"})
    scrap = {**tables["materials"][1], "material": "scrap", "name": "Scrap", "price_series": None}
    tables["materials"].append({**scrap, "stage": "scrap"})
    tables["recipes"].append({"plant": "us_oxide", "material": "scrap", "role": "input", "t_per_t": 0.1, **evidence})
    tables["collection"] = [
        {
            "region": "us",
            "scrap_material": "scrap",
            "from_material": "magnet",
            "collection_rate": 0.3,
            "lag_years": 2,
            "past_use_t_per_year": 500.0,
            "cost_usd_per_kg": 2.0,
            **evidence,
        }
    ]
    case = small_case(tables=tables).set("viability.private_entry", False).set("objective.weights.tail", 0.1)
    instance = compile_instance(case, draw(case, paths=8, futures=2))
    return extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)


@pytest.fixture(scope="module")
def assembled() -> pyo.ConcreteModel:
    return one_of_everything()


def constraint_names(model: pyo.ConcreteModel) -> set[str]:
    """Names of the constraints that have at least one row."""
    found = model.component_objects(pyo.Constraint, descend_into=True)
    return {component.local_name for component in found if len(component)}


def test_there_are_constraints_and_each_has_a_name_of_its_own() -> None:
    assert EQUATIONS
    assert len(EQUATIONS) == sum(len(chapter.equations) for chapter in FILES.values())


def test_every_constraint_of_an_assembled_model_is_written_down(assembled: pyo.ConcreteModel) -> None:
    assert constraint_names(assembled) - set(EQUATIONS) == set()


def test_every_constraint_written_down_is_in_an_assembled_model(assembled: pyo.ConcreteModel) -> None:
    assert set(EQUATIONS) - constraint_names(assembled) == set()


@pytest.mark.parametrize("equation", EQUATIONS.values(), ids=EQUATIONS)
def test_every_constraint_has_words_a_unit_and_a_formula(equation: Equation) -> None:
    assert re.fullmatch(r"[A-Z].*\.", equation.words)
    assert equation.unit
    assert re.search(r"=|\\le|\\ge", equation.latex)


@pytest.mark.parametrize("module", [chapter.module for chapter in PARTS])
def test_every_symbol_of_a_formula_is_explained_in_its_file_or_the_package(module: str) -> None:
    known = explained(FILES[module].words) | explained(FILES["__init__"].words)
    unknown = {equation.name: symbols(equation.latex) - known for equation in FILES[module].equations}
    assert {name: letters for name, letters in unknown.items() if letters} == {}


@pytest.mark.parametrize("name", EQUATIONS)
def test_every_constraint_is_tried_with_and_without_by_a_test(name: str) -> None:
    tests = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests" / "component").glob("test_*.py")))
    assert f".{name}.deactivate(" in tests


@pytest.mark.parametrize("module", [chapter.module for chapter in PARTS])
def test_every_file_has_its_component_tests(module: str) -> None:
    assert (ROOT / "tests" / "component" / f"test_{module}.py").is_file()


def test_the_document_has_every_file_with_a_constraint() -> None:
    assert {chapter.module for chapter in PARTS} <= {chapter.module for chapter in chapters(MODELS)}


def test_the_document_is_current() -> None:
    """To render it anew, write ``optimizer.report.equations.formulation_markdown(folder)`` to the file."""
    assert (MODELS / "README.md").read_text("utf-8") == formulation_markdown(MODELS)


def test_symbols_are_letters_and_not_words_or_relations() -> None:
    assert symbols(r"\sum_{p,y} \bar G_{pyg} \, \epsilon_g \le \text{made}_{rm} + H^{plan}_{ht}") == {
        *("p", "y", "G", "g", r"\epsilon", "r", "m", "H", "h", "t")
    }
    assert explained(r"- :math:`b_{py}` built in :math:`y`") == {"b", "p", "y"}
