"""``optimizer breakeven`` and ``optimizer additionality`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from optimizer.cli.entry import app, main
from tests.small_case import write_small_case


@pytest.mark.parametrize("verb", ["breakeven", "additionality"])
def test_json_and_csv(verb: str, tmp_path: Path) -> None:
    folder = str(write_small_case(tmp_path / "case"))
    said = json.loads(CliRunner().invoke(app, [verb, folder, "--json", "--quiet"]).stdout)
    assert said["analysis"] == verb
    assert said["solves"]
    table = CliRunner().invoke(app, [verb, folder, "--csv", "--quiet", "--out", str(tmp_path / "out")]).stdout
    # The best plan of this case awards nothing, so that additionality has columns and no rows.
    rows = said["tables"][verb]
    assert table.splitlines()[0].startswith("plant,")
    assert len(table.splitlines()) == 1 + len(rows)
    assert (len(rows) == 0) == (verb == "additionality")
    assert (tmp_path / "out" / f"{verb}.csv").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--plant", "us_oxid"], "Did you mean 'us_oxide'"), (["--instrument", "flor"], "Did you mean 'floor'")],
)
def test_wrong_words_end_with_code_2(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(write_small_case(tmp_path / "case"))
    assert main(["breakeven", folder, *words, "--quiet"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
