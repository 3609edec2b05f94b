"""What two costs say of each other, given their bounds, and when nothing can be said."""

from __future__ import annotations

import math

import pytest

from optimizer import Case, SettingError, compare
from tests.small_case import small_case, small_settings, small_tables
from tests.unit.comparison.runs_by_hand import run, term


def test_a_difference_that_the_gaps_can_explain_is_not_a_finding() -> None:
    # Best costs lie in [900, 910] and [908, 915]: they differ by 908 - 910 = -2 to 915 - 900 = 15.
    found = compare([run(910.0, 900.0), run(915.0, 908.0)], ["a", "b"], check=False)
    row = found.tables["runs"].iloc[1]
    assert (row["change_musd"], row["least_change_musd"], row["most_change_musd"]) == (5.0, -2.0, 15.0)
    assert row["within_gap"] is True
    assert found.verdicts[0].startswith(
        "b costs 5.0 musd more than a; the best plans of the two differ by between -2.0 and +15.0 musd: within the gap"
    )


def test_a_difference_beyond_the_gaps_is_a_finding_either_way() -> None:
    # 920 - 910 = 10 at the least, 930 - 900 = 30 at the most; and the reverse.
    one, other = run(910.0, 900.0), run(930.0, 920.0)
    for runs, least, most, word in (((one, other), 10.0, 30.0, "more"), ((other, one), -30.0, -10.0, "less")):
        found = compare(runs, ["a", "b"], check=False)
        row = found.tables["runs"].iloc[1]
        assert (row["least_change_musd"], row["most_change_musd"], row["within_gap"]) == (least, most, False)
        assert found.verdicts == (
            f"b costs 20.0 musd {word} than a; the best plans of the two differ by between {least:+.1f} and "
            f"{most:+.1f} musd: a finding.",
        )


def test_without_a_bound_nothing_is_a_finding() -> None:
    found = compare([run(910.0, 900.0), run(5000.0, -math.inf)], ["a", "b"], check=False)
    row = found.tables["runs"].iloc[1]
    assert (row["bound_musd"], row["gap"], row["within_gap"]) == (None, None, True)
    assert "a run has no bound" in found.verdicts[0]


def test_terms_are_marked_by_what_they_weigh_in_the_objective() -> None:
    # Gaps of 10 and 5. Imports +12: more than any gap. Outlay +40 at 0.2 is 8 in the objective: within.
    other = run(930.0, 925.0, breakdown=[term("imports", 912.0), term("net_outlay", 90.0, 0.2)])
    money = compare([run(910.0, 900.0), other], ["a", "b"], check=False).tables["money"].set_index("measure")
    assert money.loc["imports", "change: b"] == 12.0
    assert money.loc["imports", "within gap: b"] is False
    assert money.loc["net_outlay", "change: b"] == pytest.approx(8.0)
    assert money.loc["net_outlay", "within gap: b"] is True


def test_costs_that_weigh_other_things_are_not_compared() -> None:
    security = small_case().set("objective.perspective", "security")
    found = compare([run(), run(20.0, 19.0, security)], ["a", "b"], check=False)
    assert found.verdicts == ("Costs are not compared: the objectives do not measure the same thing (see below).",)
    assert found.tables["runs"].iloc[1]["within_gap"] is None
    assert set(found.tables["money"]["within gap: b"]) == {None}
    assert any(said.startswith("weights of the objective: a has resource 1, shortage 1, outlay 0.2, b has ")
               for said in found.caveats)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("case.price_year", 2020, "price year: a has 2026, b has 2020; their sums of money are not alike."),
        ("horizon.last_year", 2034, "horizon: a has 2026–2035, b has 2026–2034; their totals cover other years."),
        ("scenarios.seed", 7, "draws: a has 16 paths, 4 futures, seed 1, b has 16 paths, 4 futures, seed 7; figures"),
        ("case.name", "other", "a is a run of case small, b of case other."),
        ("price_series.oxide_price.long_run_usd_per_kg", 90, "The world of b is another one than that of a (prices)"),
        ("demand.us/civil/magnet.growth_per_year", 0.01, "The world of b is another one than that of a (demand)"),
        ("scenarios.hazard_scale", 2.0, "The world of b is another one than that of a (disruptions)"),
    ],
)
def test_what_is_not_like_with_like_is_said(path: str, value: object, said: str) -> None:
    found = compare([run(), run(case=small_case().set(path, value))], ["a", "b"], check=False)
    assert len(found.caveats) == 1
    assert found.caveats[0].startswith(said)


def test_like_with_like_has_no_caveats() -> None:
    assert compare([run(), run()], ["a", "b"], check=False).caveats == ()


def test_cases_without_a_common_material_are_refused() -> None:
    new = {"oxide": "gallium", "magnet": "chip"}

    def renamed(column: str, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(renamed(column, part) for part in value)
        return value if column == "stage" else new.get(str(value), value)

    tables = {
        name: [{column: renamed(column, value) for column, value in row.items()} for row in rows]
        for name, rows in small_tables().items()
    }
    other = Case.from_tables(small_settings(), tables)
    with pytest.raises(SettingError, match=r"have no material in common \(magnet, oxide; chip, gallium\)"):
        compare([run(), run(case=other)], ["a", "b"], check=False)


def test_one_run_is_not_compared_and_names_must_fit() -> None:
    with pytest.raises(SettingError, match="at least two"):
        compare([run()], check=False)
    with pytest.raises(SettingError, match="1 names for 2 runs"):
        compare([run(), run()], ["a"], check=False)
    with pytest.raises(SettingError, match="must differ: a, a"):
        compare([run(), run()], ["a", "a"], check=False)
    assert compare([run(), run()], check=False).names == ("small", "small (2)")
