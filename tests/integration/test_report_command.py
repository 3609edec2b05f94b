"""``optimizer report`` and ``solve --report``, as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from optimizer.cli import main
from optimizer.results.store import replace_file
from tests.small_case import write_small_case
from tests.unit.figures.analyses_by_hand import answers
from tests.unit.report.pages import data_of, elements

Captured = pytest.CaptureFixture[str]


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run, another run, a page of the first, and an analysis."""
    place = tmp_path_factory.mktemp("reports")
    case = write_small_case(place / "case")
    assert main(["solve", str(case), "--quiet", "--out", str(place / "run"), "--report", str(place / "plan.html")]) == 0
    change = ["--set", "programmes.us_pot.budget_musd=100"]
    assert main(["solve", str(case), "--quiet", *change, "--out", str(place / "other")]) == 0
    answers()["regret"].write(place / "regret")
    return place


def test_solve_writes_a_page_beside_the_run(folder: Path) -> None:
    page = (folder / "plan.html").read_text("utf-8")
    assert any(e.tag == "h1" and e.text == "Two plants, one embargo" for e in elements(page))
    assert "verified: " in page


def test_a_run_read_back_gives_the_tables_that_solve_gave(folder: Path, capsys: Captured) -> None:
    target = folder / "again.html"
    assert main(["report", str(folder / "run"), "--out", str(target)]) == 0
    assert capsys.readouterr().out == f"report written to {target}\n"
    one, other = (data_of((folder / name).read_text("utf-8"), "tables") for name in ("plan.html", "again.html"))
    # The certificate of a folder also counts its files.
    assert {k: v for k, v in one.items() if k != "certificate"} == {
        k: v for k, v in other.items() if k != "certificate"
    }
    figures = [data_of((folder / name).read_text("utf-8"), "figures") for name in ("plan.html", "again.html")]
    assert figures[0] == figures[1]


def test_equal_runs_give_equal_files(folder: Path) -> None:
    for name in ("one.html", "two.html"):
        assert main(["report", str(folder / "run"), "--no-verify", "--out", str(folder / name)]) == 0
    assert (folder / "one.html").read_bytes() == (folder / "two.html").read_bytes()


def test_a_run_is_set_beside_another_and_analyses_are_added(folder: Path) -> None:
    target = folder / "whole.html"
    words = ["report", str(folder / "run"), "--compare", str(folder / "other"), "--analysis", str(folder / "regret")]
    assert main([*words, "--out", str(target)]) == 0
    sections = [e.attributes["id"] for e in elements(target.read_text("utf-8")) if e.tag == "section"]
    assert {"differences", "analysis-1"} <= set(sections)


def test_the_page_bears_the_name_of_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert main(["report", "run", "--no-verify"]) == 0
    assert (folder / "run.html").is_file()
    assert main(["report", "run", "--no-verify"]) == 74


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere"], 2, "is not the folder of a run"),
        (["run", "--out", "plan.pdf"], 74, "ends in .html"),
        (["run", "--analysis", "run", "--out", "new.html"], 74, "holds no analysis"),
        (["run", "--compare", "nowhere", "--out", "new.html"], 2, "is not the folder of a run"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, words: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(folder)
    assert main(["report", *words]) == code
    assert said in capsys.readouterr().err
    assert not (folder / "new.html").exists()


def test_a_run_that_does_not_hold_is_not_reported(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    case = folder / "case"
    assert main(["solve", str(case), "--quiet", "--out", str(tmp_path / "run")]) == 0
    place = tmp_path / "run" / "programmes.parquet"
    frame = pd.read_parquet(place)
    replace_file(place, frame.assign(scored_musd=frame["scored_musd"] + 1.0).to_parquet(index=False))
    assert main(["report", str(tmp_path / "run"), "--out", str(tmp_path / "page.html")]) == 6
    assert "does not hold" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_solved(tmp_path: Path, capsys: Captured) -> None:
    case = write_small_case(tmp_path / "case")
    assert main(["solve", str(case), "--report", str(tmp_path / "nowhere" / "plan.html")]) == 74
    assert "no folder" in capsys.readouterr().err


def test_nothing_of_the_page_is_loaded_until_one_is_asked_for() -> None:
    code = "import sys, optimizer.cli.entry; print([m for m in ('plotly', 'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
