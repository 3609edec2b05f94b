"""``optimizer sensitivity`` as it is used: shapes of the answer, refusals, an analysis that is stopped and goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer import sensitivity, solve
from optimizer.batch.collect import ledger_rows
from optimizer.cli.entry import main
from optimizer.data import Case
from optimizer.whatif import apply
from tests.integration.command import interrupted
from tests.unit.analysis.mine_or_imports import mine_or_imports, settings, tables

SMALL = ("--workers", "1", "--samples", "16", "--largest", "2", "--switches", "1", "--steps", "2", "--quiet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The case of the mine, as a folder."""
    place = tmp_path_factory.mktemp("cases") / "mine"
    mine_or_imports().write(place)
    return str(place)


def test_json_csv_and_tables(folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", folder, *SMALL, "--json", "--out", str(tmp_path / "answer")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["analysis"] == "sensitivity"
    assert set(said["tables"]) == {"tornado", "evidence", "answers", "switches", "indices", "spread", "breaks"}
    assert len(said["solves"]) >= 5
    assert (tmp_path / "answer" / "tornado.csv").is_file()
    assert main(["sensitivity", folder, *SMALL, "--csv", "--samples", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("input,grade,unit,low,best,high,range,kept_low_musd")
    assert lines[1].startswith("plants.mine.capex_musd,judgement,musd,40.0,50.0,80.0")
    assert main(["sensitivity", folder, *SMALL]) == 0
    shown = capsys.readouterr().out
    assert "moves the decision" in shown
    assert "Rests on" in shown
    assert max(map(len, shown.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--json", "--csv"), "cannot be had together"),
        (("--spread", "normal"), "triangular"),
        (("--samples", "-1"), "samples"),
        (("--set", "plants.mine.capex=3"), "capex_musd"),
        (("--workers", "0"), "workers"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    folder: str, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sensitivity", folder, *words]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert "Traceback" not in complaint


def test_a_case_without_ranges_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tables(capex_musd_low=None, capex_musd_high=None, loss_limit_share_low=None, loss_limit_share_high=None)
    bare["lanes"][0] |= {"freight_usd_per_kg_low": None, "freight_usd_per_kg_high": None}
    Case.from_tables(settings(), bare).write(tmp_path / "bare")
    assert main(["sensitivity", str(tmp_path / "bare")]) == 2
    assert "states no figure as a range" in capsys.readouterr().err


def test_every_row_can_be_made_again_by_solve() -> None:
    case = mine_or_imports()
    analysis = sensitivity(case, samples=0, switches=0)
    base = float(analysis.solves["objective_musd"].iloc[0])
    for row in analysis.table.to_dict("records"):
        for end in ("low", "high"):
            if row[f"answered_{end}_musd"] == row[f"answered_{end}_musd"]:
                again = solve(apply(case, [row[f"change_{end}"]]), verify=False)
                assert again.objective_musd - base == pytest.approx(row[f"answered_{end}_musd"], abs=0.01)


@pytest.mark.slow
def test_what_is_done_in_the_store_of_runs_is_not_done_again(tmp_path: Path) -> None:
    case, place = mine_or_imports(), tmp_path / "runs"
    first = sensitivity(case, samples=0, switches=0, runs=place)
    done = ledger_rows(place)
    assert {row["status"] for row in done} == {"done"}
    assert len(done) == 4
    again = sensitivity(case, samples=0, switches=0, runs=place)
    assert ledger_rows(place) == done
    assert again.tables["answers"].equals(first.tables["answers"])
    here = sensitivity(case, samples=0, switches=0)
    assert again.tables["answers"]["plan"].tolist() == here.tables["answers"]["plan"].tolist()
    expected = here.tables["answers"]["answered_musd"].tolist()
    assert again.tables["answers"]["answered_musd"].tolist() == pytest.approx(expected, abs=0.01)


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_known() -> None:
    stopped = interrupted("sensitivity", "mp-materials", "--workers", "1", "--samples", "16", when="plan as it is")
    assert stopped.code == 130
    assert "stopped before the end" in stopped.out
    assert "were not tried" in stopped.out
    assert "Traceback" not in stopped.err
