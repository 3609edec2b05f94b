"""Price decks."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.errors import CaseError, SettingError
from optimizer.scenarios import PricePaths, expected_deck, quantile_deck, user_deck
from tests.unit.scenarios.cases import tiny_case


def test_quantile_deck_takes_yearly_averages_across_weighted_paths() -> None:
    # Three paths, one series, two years; quarters of a year are level, but for path 0 in year 0: (10 + 20 + 30 + 40)/4.
    quarterly = np.array([[[[10, 20, 30, 40], [5] * 4]], [[[50] * 4, [1] * 4]], [[[30] * 4, [9] * 4]]], dtype=float)
    paths = PricePaths(("oxide",), (2026, 2027), quarterly, np.array([0.5, 0.3, 0.2]))
    # Year 0 sorted: 25 (weight 0.5), 30 (0.2), 50 (0.3). Year 1 sorted: 1 (0.3), 5 (0.5), 9 (0.2).
    assert quantile_deck(paths, 0.1)["oxide"].tolist() == [25.0, 1.0]
    assert quantile_deck(paths, 0.6)["oxide"].tolist() == [30.0, 5.0]
    assert quantile_deck(paths, 0.9)["oxide"].tolist() == [50.0, 9.0]
    # 0.5 × 25 + 0.3 × 50 + 0.2 × 30 and 0.5 × 5 + 0.3 × 1 + 0.2 × 9.
    assert expected_deck(paths)["oxide"] == pytest.approx([33.5, 4.6])
    with pytest.raises(SettingError, match="between 0 and 1"):
        quantile_deck(paths, 1.0)


def deck_row(year: int, price: float, series: str = "oxide") -> dict[str, object]:
    return {"deck": "bank", "series": series, "year": year, "usd_per_kg": price}


def test_user_deck_interpolates_and_holds_its_ends() -> None:
    case = tiny_case().having(price_decks=[deck_row(2030, 80.0), deck_row(2028, 60.0)])
    assert user_deck(case, "bank", range(2026, 2033)) == {
        "oxide": pytest.approx([60.0, 60.0, 60.0, 70.0, 80.0, 80.0, 80.0])
    }


def test_unknown_deck_names_the_nearest() -> None:
    case = tiny_case().having(price_decks=[deck_row(2030, 80.0)])
    with pytest.raises(SettingError, match="Did you mean 'bank'"):
        user_deck(case, "banks", [2026])


def test_a_year_stated_twice_is_refused() -> None:
    case = tiny_case().having(price_decks=[deck_row(2030, 80.0), deck_row(2030, 81.0)])
    with pytest.raises(CaseError, match="stated twice"):
        user_deck(case, "bank", [2026])
