"""``optimizer compare`` on runs that were solved: folders, runs of a batch, files that were changed."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from optimizer import compare
from optimizer.batch.store import find_run
from optimizer.cli.entry import main
from tests.small_case import small_case

POT = "programmes.us_pot.budget_musd"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A batch of the small case with and without money in its pot, and copies of both runs, ``full`` and ``none``."""
    place = tmp_path_factory.mktemp("runs")
    small_case().write(place / "case")
    assert main(["sweep", str(place / "case"), "--vary", f"{POT}=400,0", "--out", str(place / "batch"), "--quiet"]) == 0
    for name, label in (("full", "budget_musd 400"), ("none", "budget_musd 0")):
        shutil.copytree(place / "batch" / find_run(place / "batch", label)["id"], place / name)
    return place


def test_without_money_no_stock_is_bought_and_that_costs_more(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(runs / "full"), str(runs / "none"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [run["status"] for run in found["runs"]] == ["verified", "verified"]
    assert found["inputs"] == [
        {"table": "programmes", "key": "us_pot", "column": "budget_musd", "unit": "musd", "full": "400.0",
         "none": "0.0", "change: none": None, "within gap: none": None}
    ]  # fmt: skip
    # A smaller pot can only cost more, and every unit of it that is used is in the pot's outlay.
    assert found["verdicts"][0].endswith(": a finding.")
    money = {row["measure"]: row for row in found["money"]}
    terms = [row for name, row in money.items() if name not in ("objective", "net public outlay, expected, unweighted")]
    for name in ("full", "none"):
        assert sum(row[name] for row in terms) == pytest.approx(money["objective"][name], rel=1e-6)
    stock = {(row["stockpile"], row["measure"]): row for row in found["stock"]}
    assert stock["magnet_stock", "bought"]["full"] > 0.0
    assert stock["magnet_stock", "bought"]["none"] == 0.0


def test_printed_within_a_hundred_columns_with_units(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(runs / "full"), str(runs / "none"), "--no-verify"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 100
    assert "programmes   us_pot   budget_musd   musd   400.0   0.0" in text
    assert "not checked" in text


def test_a_run_of_a_batch_is_found_by_label_and_by_id(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch = runs / "batch"
    ids = [path.parent.name for path in batch.glob("*/solution.json")]
    assert len(ids) == 2
    assert main(["compare", f"{batch}:budget_musd 400", f"{batch}:budget_musd 0", "--csv", "--no-verify"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["item"], r["budget_musd 400"], r["budget_musd 0"]) for r in rows if r["section"] == "inputs"] == [
        ("programmes / us_pot / budget_musd", "400.0", "0.0")
    ]
    assert len(compare([f"{batch}:{ids[0]}", str(batch / ids[1])], check=False).tables["inputs"]) == 1


def test_a_changed_file_is_found_and_ends_with_6(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(runs / "none", tmp_path / "touched")
    summary = tmp_path / "touched" / "solution.json"
    summary.write_text(summary.read_text("utf-8") + " ", "utf-8")
    assert main(["compare", str(runs / "full"), str(tmp_path / "touched")]) == 6
    out, err = capsys.readouterr()
    assert "touched: NOT VERIFIED (files are as they were written). Do not rely" in " ".join(out.split())
    assert "these runs do not hold: touched" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["full"], "at least two"),
        (["full", "nowhere"], "is not the folder of a run: it has no solution.json"),
        (["full", "batch"], "is the folder of a batch. Name one of its runs"),
        (["full", "batch:budget_musd 5"], "has no run 'budget_musd 5'. Did you mean"),
    ],
)
def test_what_is_no_run_is_refused(runs: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *(str(runs / word) for word in words), "--no-verify"]) == 2
    assert said in capsys.readouterr().err


def test_out_writes_tables_that_replace_an_earlier_comparison_but_never_a_run(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["compare", str(runs / "full"), str(runs / "none"), "--no-verify", "--out"]
    for _ in range(2):
        assert main([*arguments, str(tmp_path / "both")]) == 0
    with (tmp_path / "both" / "pots.csv").open(encoding="utf-8") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    assert (rows["budget"]["full"], rows["budget"]["none"], rows["budget"]["change: none"]) == (
        "400.0",
        "0.0",
        "-400.0",
    )
    before = sorted(path.name for path in (runs / "full").iterdir())
    assert main([*arguments, str(runs / "full")]) == 74
    assert sorted(path.name for path in (runs / "full").iterdir()) == before
    capsys.readouterr()
