"""A model written for other solvers is the same model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highspy
import pytest

from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import export
from optimizer.errors import OutputError, SettingError
from tests.unit.engine.models_by_hand import knapsack, mixed, wyndor


@pytest.mark.parametrize("suffix", [".mps", ".lp"])
@pytest.mark.parametrize(("model", "optimum"), [(wyndor(), -36.0), (knapsack(), -8.0), (mixed(), 9.0)])
def test_what_is_written_has_the_same_optimum(tmp_path: Path, suffix: str, model: Any, optimum: float) -> None:
    path = tmp_path / f"model{suffix}"
    form = standard_form(model)
    export(form, path)
    again = highspy.Highs()
    again.setOptionValue("output_flag", False)
    again.setOptionValue("mip_rel_gap", 0.0)
    again.setOptionValue("threads", 1)
    assert again.readModel(str(path)) == highspy.HighsStatus.kOk
    assert (again.getNumCol(), again.getNumRow()) == (len(form.cost), len(form.row_lower))
    again.run()
    assert again.getInfo().objective_function_value == pytest.approx(optimum)


def test_names_are_plain_and_unique(tmp_path: Path) -> None:
    path = tmp_path / "model.lp"
    export(standard_form(knapsack()), path)
    text = path.read_text("utf-8")
    assert all(name in text for name in ("take_0_0", "take_1_1", "take_2_2", "sack_0"))


def test_only_two_formats_are_written(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"model.txt: models are exported as .mps or .lp"):
        export(standard_form(knapsack()), tmp_path / "model.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        export(standard_form(knapsack()), tmp_path / "absent" / "model.lp")
