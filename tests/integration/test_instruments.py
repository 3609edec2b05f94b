"""``instruments`` as a user asks for it: whole cases, the command line, and what happens when it is stopped."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import instruments, read_case, solve
from optimizer.analysis import read_analysis
from optimizer.analysis.instrument_choice import comparison
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.cli import main
from optimizer.data import Case
from optimizer.engine.progress import Progress
from optimizer.errors import NoPlanError
from tests.small_case import small_case, write_small_case

Captured = pytest.CaptureFixture[str]
TWO_PLANTS = ("--set", "programmes.us_pot.budget_musd=600")
NINE = {"floor", "two-way CfD", "collar", "purchase", "grant", "loan", "equity", "tariff", "border floor"}


@pytest.fixture(scope="module")
def mountain_pass() -> Case:
    return read_case("mp-materials").set("scenarios.paths", 256).set("scenarios.futures", 12)


@pytest.fixture(scope="module")
def two_plants() -> Case:
    return small_case().set("programmes.us_pot.budget_musd", 600.0)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with the small case."""
    return str(write_small_case(tmp_path / "small"))


def test_floor_of_110_two_way_or_tariff(mountain_pass: Case) -> None:
    # inputs/mp-materials/README.md, made by another program (examples/strikes_and_protection.py): at 110 a floor costs
    # 1,456 musd expected and 2,463 at P95, a two-way contract 1,237 and 2,458; needed is a floor of 90 and a two-way
    # contract of 95 on a menu in steps of 5, so between 85 and 90, and between 90 and 95. The plan starts in 2026.
    found = instruments(mountain_pass, plant="mountain-pass-ndpr", strike=110.0)
    table = found.table[found.table["market"].isna()].set_index(["instrument", "terms_are"])
    for name, expected, p95, on_menu in (("floor", 1456, 2463, 90.0), ("two-way CfD", 1237, 2458, 95.0)):
        assert round(table.loc[(name, "stated"), "treasury_expected_musd"]) == expected
        assert round(table.loc[(name, "stated"), "treasury_p95_musd"]) == p95
        assert on_menu - 5.0 < table.loc[(name, "least"), "strike_usd_per_kg"] <= on_menu
    assert set(found.table["instrument"]) == NINE - {"loan"}
    # A tariff makes buyers pay on every tonne bought; grants leave the plant to the price.
    wide = found.table[found.table["market"] == "allies"].set_index(["instrument", "terms_are"])
    floor = table.loc[("floor", "least"), "treasury_expected_musd"]
    assert wide.loc[("tariff", "least"), "public_and_buyers_expected_musd"] > 3.0 * floor
    assert not table.loc[("grant", "least"), "viable"]
    assert table.loc[("floor", "least"), "survives_price_usd_per_kg"] == 0.0
    assert table.loc[("grant", "least"), "survives_price_usd_per_kg"] > 50.0
    assert found.widest_gap < 2e-3
    words = " ".join(found.findings)
    assert "floor 87.77 USD/kg" in words
    assert "no imports are left to tax" in words


def test_the_plan_gives_what_is_enough_alone(two_plants: Case) -> None:
    # With 600 musd the plan backs both plants of the small case: the magnet plant by a grant alone, which is then the
    # least that does (a larger one costs more), the oxide plant by a floor on its menu in steps of 10.
    found = instruments(two_plants)
    least = found.tables["least_terms"].set_index("plant")
    assert set(least.index) == {"us_magnet", "us_oxide"}
    plan = solve(two_plants).tables["awards"].set_index("plant")
    assert least.loc["us_magnet", "grant_musd"] == pytest.approx(plan.loc["us_magnet", "grant_musd"], abs=0.011)
    assert 50.0 < least.loc["us_oxide", "floor_usd_per_kg"] <= plan.loc["us_oxide", "strike_usd_per_kg"] == 60.0
    totals = found.tables["totals"].set_index("name")
    floors = found.table[found.table["instrument"] == "floor"]
    assert totals.loc["floor", "plants"] == 2
    assert totals.loc["floor", "treasury_expected_musd"] == pytest.approx(floors["treasury_expected_musd"].sum())


def test_the_whole_plan_with_one_instrument_alone(two_plants: Case) -> None:
    # Offered its least grant alone, the magnet plant is in the plan at the same cost as before; a tariff reaches all
    # of its output and is asked; equity has no pot, and a purchase no terms.
    found = instruments(two_plants, plant="us_magnet", exact=True)
    plans, best = found.tables["plans"].set_index("name"), found.solves.iloc[0]
    assert plans.loc["grant", "in_plan"] == "yes"
    assert plans.loc["grant", "plan_objective_musd"] == pytest.approx(best["objective_musd"], rel=2e-3)
    assert plans.loc["tariff (us)", "in_plan"] == "yes"
    assert plans.loc["equity", "not_asked_because"] == "no pot of the case could pay for it"
    assert plans.loc["purchase", "not_asked_because"] == "no terms are enough"
    assert len(found.solves) == 1 + int(plans["plan_objective_musd"].notna().sum())
    assert any("alone on offer" in view.title for view in found.views)
    words = " ".join(found.findings)
    assert "cheapest or not shown to be dearer: us_magnet" in words
    assert "Plans with a border measure are no measure of it" in words


def test_json_csv_and_folder(folder: str, capsys: Captured, tmp_path: Path) -> None:
    ask = ("instruments", folder, "--plant", "us_magnet", "--quiet")
    assert main([*ask, "--json", "--out", str(tmp_path / "answer")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["analysis"] == "instruments"
    assert {row["plant"] for row in said["tables"]["instruments"]} == {"us_magnet"}
    kept = read_analysis(tmp_path / "answer")
    assert list(kept.findings) == said["findings"]
    assert main([*ask, "--csv"]) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(frame.columns) == list(kept.table.columns)
    assert len(frame) == len(kept.table)


def test_what_is_printed(folder: str, capsys: Captured) -> None:
    assert main(["instruments", folder, "--plant", "us_oxide", "--strike", "70", "--quiet", *TWO_PLANTS]) == 0
    printed = capsys.readouterr().out
    for words in ("two-way CfD at 70", "border floor (us)", "none is enough", "musd", "Rests on 1 solve"):
        assert words in printed
    assert main(["instruments", folder, "--quiet", *TWO_PLANTS]) == 0
    printed = capsys.readouterr().out
    for words in ("Of 2 plants that the plan backs", "tariff (own region)", "Least terms at which each plant"):
        assert words in printed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--plant", "mountain-pas"), "Did you mean 'mountain-pass-ndpr'?"),
        (("--plant", "independence"), "'independence' is not a candidate"),
        (("--strike", "110"), "a strike is asked about for one plant"),
        (("--plant", "ten-x", "--strike", "0"), "a strike of 0 USD/kg is not above 0"),
        (("--plant", "ten-x", "--strike", "nan"), "is not above 0"),
        (("--json", "--csv"), "cannot be had together"),
        (("--set", "programmes.dod_equty.budget_musd=1"), "dod_equity"),
    ],
)
def test_what_cannot_be_asked(options: tuple[str, ...], words: str, capsys: Captured) -> None:
    assert main(["instruments", "mp-materials", *options, "--quiet"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_a_plan_that_backs_nothing_is_said(folder: str, capsys: Captured) -> None:
    assert main(["instruments", folder, "--quiet"]) == 0
    assert "The plan backs no plant" in capsys.readouterr().out


def test_stopped_on_the_way_what_is_known_is_kept(monkeypatch: pytest.MonkeyPatch, two_plants: Case) -> None:
    ask = PlantChoices.all

    def stopped(self: Any, strike: float | None = None) -> Iterator[Any]:
        if self.plant == "us_oxide":
            raise KeyboardInterrupt
        return ask(self, strike)

    monkeypatch.setattr(PlantChoices, "all", stopped)
    found = instruments(two_plants)
    assert found.interrupted
    assert set(found.table["plant"]) == {"us_magnet"}
    assert "1 plant was not looked at before it was stopped." in found.findings


def test_out_of_time_the_least_terms_stand_and_plans_are_counted(
    monkeypatch: pytest.MonkeyPatch, two_plants: Case
) -> None:
    monkeypatch.setattr(comparison._Work, "left", lambda self: 0.0)
    told: list[Progress] = []
    found = instruments(two_plants, plant="us_magnet", exact=True, progress=told.append)
    unasked = (found.tables["plans"]["not_asked_because"] == "out of time").sum()
    assert unasked >= 3
    assert f"Out of time: {unasked} plans were not solved." in found.findings
    assert not found.interrupted
    assert any(report.stage == "finding the least terms" for report in told)


def test_a_case_without_a_plan_has_no_answer(tmp_path: Path) -> None:
    case = small_case().set("stockpiles.magnet_stock.capacity_t", 1.0)
    hard = {
        "target": "cover",
        "kind": "days_of_cover",
        "region": "us",
        "material": "magnet",
        "first_year": 2030,
        "last_year": 2031,
        "level": 180.0,
        "mode": "hard",
        "source": "judgement",
        "grade": "judgement",
    }
    with pytest.raises(NoPlanError):
        instruments(case.replace(tables={"targets": [hard]}))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["allied-magnets", "us-australia"])
def test_bundled_cases(name: str) -> None:
    # Contracts can bring every plant the plan backs; no figure is missing where terms are enough.
    found = instruments(read_case(name).set("scenarios.paths", 64).set("scenarios.futures", 4))
    totals = found.tables["totals"].set_index("name")
    assert totals.loc["floor", "plants"] == totals.loc["floor", "plants_asked"] > 0
    enough = found.table[found.table["viable"]]
    assert enough["treasury_expected_musd"].notna().all()
    assert (enough["buyers_expected_musd"] >= -1e-9).all()
