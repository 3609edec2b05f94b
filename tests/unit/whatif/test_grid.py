"""Figures that vary: how they are said, combined and sampled."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.errors import SettingError
from optimizer.whatif.grid import combinations, parse_varied, sampled


def test_a_range_has_both_its_ends_and_even_steps() -> None:
    varied = parse_varied("programmes.dod_equity.budget_musd=200:800:13")
    assert [float(value) for value in varied.values] == [200.0 + 50.0 * i for i in range(13)]
    assert varied.change("250") == "programmes.dod_equity.budget_musd = 250"


def test_words_and_operators_vary_too() -> None:
    varied = parse_varied("plants[region=us].capex_musd *= 0.8, 1, 1.2")
    assert varied.name == "plants[region=us].capex_musd *="
    assert varied.change(varied.values[2]) == "plants[region=us].capex_musd *= 1.2"
    assert parse_varied("objective.perspective=society,treasury").values == ("society", "treasury")


def test_every_combination_once_the_last_figure_fastest() -> None:
    runs = combinations([parse_varied("a.b.c=1,2"), parse_varied("a.b.d=3:5:3")])
    assert runs == [("1", "3"), ("1", "4"), ("1", "5"), ("2", "3"), ("2", "4"), ("2", "5")]


@pytest.mark.parametrize("sampling", ["sobol", "latin"])
def test_a_sample_is_even_in_every_figure_and_the_same_for_the_same_seed(sampling: str) -> None:
    varied = [parse_varied("a.b.c=100:300"), parse_varied("a.b.d=x,y")]
    runs = sampled(varied, 64, seed=3, sampling=sampling)  # type: ignore[arg-type]
    values = np.array([float(run[0]) for run in runs])
    assert np.all((values >= 100.0) & (values <= 300.0))
    # 64 even points: 16 in each quarter of the range, and each word half of the time.
    assert np.histogram(values, bins=4, range=(100.0, 300.0))[0].tolist() == [16, 16, 16, 16]
    assert [run[1] for run in runs].count("x") == 32
    assert sampled(varied, 64, seed=3, sampling=sampling) == runs  # type: ignore[arg-type]
    assert sampled(varied, 64, seed=4, sampling=sampling) != runs  # type: ignore[arg-type]


def test_samples_of_whole_numbers_are_whole_equally_likely_and_there_once() -> None:
    years, share = "contracts.floor.tenor_years=5:8", "contracts.floor.upside_share=0:1"
    runs = sampled([parse_varied(years), parse_varied(share)], 64)
    # 64 even points: 16 in each quarter of the range, which is one whole number of four.
    assert {year: [run[0] for run in runs].count(year) for year in ("5", "6", "7", "8")} == dict.fromkeys("5678", 16)
    # Without the second figure all 16 of each coincide.
    assert sorted(sampled([parse_varied(years)], 64)) == [("5",), ("6",), ("7",), ("8",)]
    assert sorted(sampled([parse_varied("scenarios.seed=0.5:2.5")], 16)) == [("1",), ("2",)]
    assert not parse_varied("plants[region=us].capex_musd=1:2").whole
    assert parse_varied("contracts[plant=mine].tenor_years += 1:3").whole
    assert not parse_varied("contracts.floor.tenor_years *= 1:3").whole
    with pytest.raises(SettingError, match=r"no whole number lies between 5\.2 and 5\.8"):
        parse_varied("contracts.floor.tenor_years=5.2:5.8")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["a.b.c=1:2"], "low:high is for samples"),
        (["a.b.c=1:2:3:4"], "write first:last:count"),
        (["a.b.c=1:x:3"], "'x' is not a number"),
        (["a.b.c=1:2:0"], "0 values cannot be taken"),
        (["a.b.c=1:2:1.5"], "'1.5'"),
        (["a.b.c=1,,2"], "a value is missing"),
        (["drop plants.x"], "only figures vary"),
        (["a.b.c=1,2", "a.b.c=3,4"], "varies twice"),
        ([], "nothing varies"),
        (["a.b.c=1:2:2000", "a.b.d=1:2:2000"], "too many"),
    ],
)
def test_what_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        combinations([parse_varied(text) for text in texts])


def test_side_by_side_needs_equally_many() -> None:
    with pytest.raises(SettingError, match=r"a\.b\.c has 2, a\.b\.d has 3"):
        combinations([parse_varied("a.b.c=1,2"), parse_varied("a.b.d=1,2,3")], side_by_side=True)
