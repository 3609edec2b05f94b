"""EVPI and VSS of stock and no stock, worked out on paper (see ``newsvendor``)."""

from __future__ import annotations

import pytest

from optimizer.analysis import information_value
from tests.unit.analysis.newsvendor import by_hand, newsvendor

__all__ = ["by_hand"]


@pytest.mark.usefixtures("by_hand")
def test_values_of_the_newsvendor() -> None:
    # Half and half: 328.5 - 87.5 q, so 1 kt: RP = 241. Known: 204 and 215, WS = 209.5, EVPI = 31.5. In the mean of
    # both, half of the lane (3 kt/yr) stays open in 2028 and nothing is short, so no stock: EEV = 328.5, VSS = 87.5.
    # The plan for the calm future alone is the same.
    found = information_value(newsvendor(0.5))
    table = found.tables["information"].set_index(["measure", "plan"])
    for column in ("value_musd", "least_musd", "most_musd"):
        assert table.loc[("EVPI", "each future known"), column] == pytest.approx(31.5, abs=1e-5)
        assert table.loc[("VSS", "mean of all futures"), column] == pytest.approx(87.5, abs=1e-5)
        assert table.loc[("VSS", "calm future alone"), column] == pytest.approx(87.5, abs=1e-5)
    futures = found.tables["futures"].set_index("future")
    assert futures.loc["calm", "known_musd"] == pytest.approx(204.0, abs=1e-6)
    assert futures.loc["calm", "plan_musd"] == pytest.approx(267.0, abs=1e-6)
    assert futures.loc["embargo", "awards"] == "stock reserve"
    assert len(found.solves) == 4


@pytest.mark.usefixtures("by_hand")
def test_one_future_holds_no_surprise() -> None:
    found = information_value(newsvendor(0.0))
    assert found.tables["information"]["value_musd"].tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-6)
    assert "no finding" in " ".join(found.findings)


@pytest.mark.usefixtures("by_hand")
def test_a_weight_of_the_tail_is_left_out_and_said() -> None:
    found = information_value(newsvendor(0.5).set("objective.weights.tail", 0.5))
    assert found.tables["information"]["value_musd"][0] == pytest.approx(31.5, abs=1e-5)
    assert "weighs the tail of supply by 0.5" in found.findings[-1]
