"""Answers of the commands as tables, as JSON and as CSV: nothing else on stdout, units in the names, every digit."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer import bundled_cases, read_run
from optimizer.cli import main
from tests.small_case import write_small_case

Captured = pytest.CaptureFixture[str]

UNIT = re.compile(
    r"(_musd|_t|_per_kg|_share|_years?|_per_year|_seconds|_usd|_per_kt|musd)$|^(year|share|gap|seconds|share_met)$"
)
COUNTED = re.compile(
    r"^(seed|paths|futures|rows|runs|done|left|workers|row|items|quotes|attempts|position|warm|removed)$"
)
PLAIN = {
    "breakdown": "terms of the objective, each in musd, as its objective_musd",
    "counts": "runs by status",
    "weights": "weights of the objective, without a unit",
    "sources": "rows by grade of evidence",
    "grades": "rows by grade of evidence",
    "rows": "rows by table",
    "terms": "the terms of a contract as agreed, their units beside them",
    "units": "how money is rounded",
    "worst": "beside its unit",
    "relative": "of its size",
    "tolerance": "of its size",
    "ratio": "implied over reported",
    "futures_distance": "without a unit",
    "worst_violation": "of its size",
    "within_gap": "yes or no",
    "price_year": "a year",
}
"""Figures whose names carry no unit, and why."""


@pytest.fixture(scope="module", name="place")
def fixture_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, two runs of it, and a batch of three runs."""
    folder = tmp_path_factory.mktemp("place")
    case = str(write_small_case(folder / "case"))
    for name, changes in (("a", []), ("b", ["--set", "programmes.us_pot.budget_musd=20"])):
        assert main(["solve", case, "--quiet", "--out", str(folder / name), *changes]) == 0
    vary = "programmes.us_pot.budget_musd=100:300:3"
    assert main(["sweep", case, "--vary", vary, "--out", str(folder / "batch"), "--quiet"]) == 0
    return folder


VERBS = {
    "cases": ["cases"],
    "init": ["init", "new"],
    "template": ["template", "new"],
    "convert": ["convert", "case", "new"],
    "check": ["check", "case"],
    "check --explain": ["check", "case", "--explain", "plants"],
    "solve": ["solve", "case", "--quiet"],
    "solve --dry-run": ["solve", "case", "--dry-run", "--set", "programmes.us_pot.budget_musd=1"],
    "explain": ["explain", "case", "--quiet"],
    "verify": ["verify", "a"],
    "report": ["report", "a", "--out", "new.html"],
    "compare": ["compare", "a", "b"],
    "prices": ["prices", "case", "--quiet"],
    "sweep --plan": ["sweep", "case", "--vary", "programmes.us_pot.budget_musd=100:300:3", "--out", "batch", "--plan"],
    "sweep": ["sweep", "case", "--vary", "programmes.us_pot.budget_musd=100:300:3", "--out", "batch", "--quiet"],
    "runs list": ["runs", "list", "batch"],
    "runs show": ["runs", "show", "batch", "budget_musd=100"],
    "runs prune": ["runs", "prune", "batch"],
    "runs export": ["runs", "export", "batch", "new"],
    "collect": ["collect", "batch"],
    "settle": ["settle", "dod-mp"],
    "settle --implied": ["settle", "dod-mp", "--implied"],
}
MAKES = ("init", "template", "convert", "report", "runs export")
"""Commands that write something new, each time under another name."""


def answered(place: Path, verb: str, shape: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command prints on stdout in one shape."""
    monkeypatch.chdir(place)
    words = list(VERBS[verb])
    if verb == "runs show":
        rows = labels(place)
        words[-1] = rows[0]
    if verb in MAKES:
        words = [word.replace("new", f"{verb.replace(' ', '-')}{shape or '-words'}") for word in words]
    assert main([*words, *([shape] if shape else [])]) == 0
    return capsys.readouterr().out


def labels(place: Path) -> list[str]:
    """The labels of the batch."""
    from optimizer.batch.ledger import ledger_rows

    return [str(row["label"]) for row in ledger_rows(place / "batch")]


def unnamed(value: Any, names: Sequence[str] = (), beside: frozenset[str] = frozenset()) -> Iterator[str]:
    """Paths of figures whose names say no unit; a ``unit`` beside them is as good."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from unnamed(inner, (*names, name), frozenset(value))
    elif isinstance(value, list):
        for inner in value:
            yield from unnamed(inner, names, beside)
    elif isinstance(value, float) and not value.is_integer():
        told = UNIT.search(names[-1]) or COUNTED.search(names[-1]) or "unit" in beside or PLAIN.keys() & set(names)
        if not told and "[" not in names[-1]:
            yield ".".join(names)


@pytest.mark.parametrize("verb", VERBS)
def test_json_is_one_value_with_units_in_its_names(
    verb: str, place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = json.loads(answered(place, verb, "--json", capsys, monkeypatch))
    assert isinstance(found, dict | list)
    assert sorted(set(unnamed(found))) == []


@pytest.mark.parametrize("verb", VERBS)
def test_csv_is_one_table_with_a_head(
    verb: str, place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = answered(place, verb, "--csv", capsys, monkeypatch)
    # Every line has as many cells as the head, or pandas would refuse it.
    frame = pd.read_csv(io.StringIO(text))
    assert len(frame.columns) > 1
    assert not any(name.startswith("Unnamed") for name in frame.columns)
    numbers = frame.select_dtypes("number")
    fractions = [name for name in numbers if not (numbers[name].dropna() % 1 == 0).all()]
    assert [name for name in fractions if not list(unnamed({name: 0.5, **dict.fromkeys(frame.columns)}))] == fractions


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "collect"])
def test_tables_are_no_wider_than_a_hundred_columns_and_cut_nothing_off(
    verb: str, place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = answered(place, verb, "", capsys, monkeypatch).splitlines()
    # Commands to be copied and lines of a file are not wrapped.
    copied = [line for line in lines if re.search(r" --set | Next: optimizer |^  \S{40}", line)]
    assert [line for line in lines if len(line) > 100 and line not in copied and str(place) not in line] == []
    assert [line for line in lines if "…" in line and not line.startswith("… and ")] == []
    assert not any("\x1b" in line for line in lines)


def test_csv_of_a_plan_has_every_digit_of_its_tables(
    place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    solution = read_run("a")
    for words, name in (([], "awards"), (["--table", "prices"], "prices"), (["--table", "supply"], "supply")):
        assert main(["solve", "case", "--quiet", "--csv", *words]) == 0
        lines = csv.DictReader(io.StringIO(capsys.readouterr().out))
        printed = list(lines)
        kept = solution.tables[name]
        assert lines.fieldnames == list(kept.columns)
        # The best plan of this case awards nothing: a head and no rows.
        assert (len(printed) == 0) == (name == "awards")
        for column in kept.select_dtypes("number"):
            told = [float(row[column]) if row[column] else None for row in printed]
            assert told == [None if pd.isna(value) else float(value) for value in kept[column]], column


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--table", "supply"], "--table chooses what --csv prints"),
        (["--csv", "--table", "suply"], "Did you mean 'supply'"),
    ],
)
def test_a_table_that_cannot_be_printed_is_refused(
    words: list[str], message: str, place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    assert main(["solve", "case", "--quiet", *words]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_what_is_written_where_can_be_read_by_a_script(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"case": "mp-materials", "written": "mine"}
    assert main(["convert", "mine", "mine.xlsx", "--csv"]) == 0
    assert capsys.readouterr().out == "case,written\nmine,mine.xlsx\n"


def test_a_sweep_of_one_figure_shows_its_cost_as_a_line(
    place: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = answered(place, "runs list", "", capsys, monkeypatch)
    said = r"cost by programmes\.us_pot\.budget_musd, 100 to 300 \(a mark a run\): [▁-█]{3} [\d,.]+ to [\d,.]+ musd"
    assert re.search(said, printed)


ANALYSES = {
    "breakeven": [],
    "additionality": [],
    "alternatives": ["--no-ranges", "--different", "1"],
    "instruments": [],
    "prices": [],
    "frontier": ["--points", "3"],
    "regret": [],
    "stress": ["--futures-fresh", "12", "--workers", "1"],
    "information": [],
    "sensitivity": ["--samples", "2", "--largest", "1", "--switches", "0", "--workers", "1"],
}


@pytest.mark.slow
@pytest.mark.parametrize("case", sorted(bundled_cases()))
@pytest.mark.parametrize("verb", ["solve", "explain", *ANALYSES])
def test_every_answer_on_every_bundled_case_fits(verb: str, case: str, capsys: Captured) -> None:
    sizes = ["--paths", "24", "--futures", "3", "--gap", "0.03"] if verb != "explain" else []
    limit = [] if verb == "solve" else ["--time-limit", "40"]
    assert main([verb, case, *sizes, *limit, *ANALYSES.get(verb, []), "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 100] == []
    assert [line for line in lines if "…" in line and not line.startswith("… and ")] == []
