"""Where tonnes come from. Numbers by hand, see ``flows_by_hand``."""

from __future__ import annotations

import pandas as pd
import pytest

from optimizer.figures.shares import share_table
from optimizer.figures.sourcing import receipts_table, sourcing_table
from optimizer.figures.streams import Streams
from optimizer.figures.subject import dominant_outside_origin, name_of
from tests.small_case import small_case, small_tables
from tests.unit.figures.flows_by_hand import CALM, RunByHand


def uses(condition: str, run: RunByHand | None = None) -> dict[tuple[str, str, str], float]:
    """(material, origin, use) → t in 2030."""
    table = sourcing_table(run or RunByHand())
    table = table[(table["condition"] == condition) & (table["year"] == 2030)]
    keys = zip(table["material"], table["origin"], table["use"], strict=True)
    return dict(zip(keys, table["supply_t"], strict=True))


def test_in_calm_defence_is_served_from_the_compliant_stream_alone() -> None:
    assert uses("calm") == {
        ("oxide", "us", "magnet"): pytest.approx(400.0),
        ("magnet", "us", "demand: defence"): pytest.approx(300.0),
        ("magnet", "us", "demand: civil"): pytest.approx(700.0),
        ("magnet", "china", "demand: civil"): pytest.approx(3000.0),
    }


def test_in_an_embargo_stock_is_released_and_what_is_not_met_is_named() -> None:
    # 700 + 300 + 100 t for civil users, 2,600 t short.
    assert uses("embargo") == {
        ("oxide", "us", "magnet"): pytest.approx(400.0),
        ("magnet", "us", "demand: defence"): pytest.approx(300.0),
        ("magnet", "us", "demand: civil"): pytest.approx(700.0),
        ("magnet", "china", "demand: civil"): pytest.approx(300.0),
        ("magnet", "stockpile", "demand: civil"): pytest.approx(100.0),
        ("magnet", "not met", "demand: civil"): pytest.approx(2600.0),
    }


def test_users_of_a_stream_share_its_mix() -> None:
    # Without the rule on origin, defence draws on the same pool as all others: 3,000 of 4,000 t are china's.
    demand = [{**row, "accepts": "any", "compliant_from_year": None} for row in small_tables()["demand"]]
    run = RunByHand(case=small_case(tables={"demand": demand}))
    run.tables["unused"] = run.tables["unused"].assign(downgraded_t_per_year=1000.0)
    found = uses("calm", run)
    assert found["magnet", "china", "demand: defence"] == pytest.approx(300.0 * 0.75)
    assert found["magnet", "us", "demand: civil"] == pytest.approx(3700.0 * 0.25)


def test_what_is_bought_into_stock_is_a_use() -> None:
    run = RunByHand()
    levels = run.tables["stock_levels"].copy()
    levels.loc[(levels["future"] == CALM) & (levels["year"] == 2030), "stock_t"] = 700.0
    run.tables["stock_levels"] = levels
    # 200 t more than the year before, of the any stream: 700 of 3,700 t in it are from us.
    found = uses("calm", run)
    assert found["magnet", "us", "stockpile"] == pytest.approx(200.0 * 700.0 / 3700.0)
    assert found["magnet", "china", "stockpile"] == pytest.approx(200.0 * 3000.0 / 3700.0)


def test_receipts_count_what_a_region_makes_whole() -> None:
    found = receipts_table(RunByHand())
    calm = found[(found["condition"] == "calm") & (found["material"] == "magnet") & (found["region"] == "us")]
    assert dict(zip(calm["origin"], calm["share"], strict=True)) == {"us": 0.25, "china": 0.75}
    struck = found[(found["condition"] == "embargo") & (found["material"] == "magnet") & (found["region"] == "us")]
    assert dict(zip(struck["origin"], struck["supply_t"], strict=True)) == {
        "us": pytest.approx(1000.0), "china": pytest.approx(300.0), "stockpile": pytest.approx(100.0),
    }  # fmt: skip


def test_shares_stand_beside_the_targets_of_their_region() -> None:
    limit = {
        "target": "china-cap", "kind": "share_limit", "region": "us", "material": "magnet", "origin": "china",
        "futures": "calm", "first_year": 2030, "last_year": 2035, "level": 0.65, "mode": "priced",
        "price_usd_per_kg": 10.0, "source": "judgement", "grade": "judgement",
    }  # fmt: skip
    found = share_table(RunByHand(case=small_case(tables={"targets": [limit]})))
    calm = found[found["condition"] == "calm"].to_dict(orient="records")
    assert [(row["material"], row["region"], row["share"], row["target_share"]) for row in calm] == [
        ("magnet", "us", 0.75, 0.65)
    ]


def test_without_targets_shares_are_those_of_the_allies_from_the_dominant_origin() -> None:
    run = RunByHand()
    assert dominant_outside_origin(run) == "china"
    (row,) = share_table(run).to_dict(orient="records")
    assert (row["region"], row["share"], row["target"]) == ("all allied regions", 0.75, "")


def test_a_case_without_covered_supply_has_no_dominant_origin_and_no_shares() -> None:
    run = RunByHand()
    run.tables["supply"] = run.tables["supply"].query("origin == 'us'")
    assert dominant_outside_origin(run) is None
    assert share_table(run).empty
    assert isinstance(share_table(run), pd.DataFrame)


def test_streams_follow_the_schema() -> None:
    streams = Streams(small_case())
    assert streams.at("magnet", "us", "compliant") == "compliant"
    assert streams.at("magnet", "china", "compliant") == "any"
    # Compliant from 2027 on.
    assert streams.wanted("us", "defence", "magnet", 2026) == "any"
    assert streams.wanted("us", "defence", "magnet", 2027) == "compliant"


def test_names_that_are_long_give_way_to_keys() -> None:
    case = small_case()
    assert name_of(case, "regions", "us") == "United States"
    assert name_of(case.set("regions.us.name", "The United States of America"), "regions", "us") == "Us"
