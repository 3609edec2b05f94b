"""``alternatives``: near-optimal plans that differ as much as they can, and how far each decision can move."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from optimizer.analysis.answer import Analysis
from optimizer.analysis.near_optimal.facts import plan_row
from optimizer.analysis.near_optimal.findings import findings
from optimizer.analysis.near_optimal.ranges import Ranges
from optimizer.analysis.near_optimal.study import Alternative, Study, begin
from optimizer.analysis.near_optimal.views import views
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.data.nearest import allowed_words
from optimizer.engine import Listener
from optimizer.engine.progress import Progress
from optimizer.errors import SettingError
from optimizer.results.awards import awards_table

WITHIN = 0.02
TIME_LIMIT = 240.0
DIFFERENT = 3
TOWARD = (
    "fewest-plants",
    "least-outlay",
    "least-from-origin",
    "most-in-one-country",
    "fewest-pots",
    "least-stock",
    "most-stock",
    "most-different",
)


def alternatives(
    case: Case,
    *,
    within: float = WITHIN,
    toward: Sequence[str] | None = None,
    different: int = DIFFERENT,
    ranges: bool = True,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """Plans that cost at most a share ``within`` more than the best one, each pushed as far as it goes in a direction.

    With C the cost of the best plan of ``case`` found, a plan is within the limit if its true cost is at most C +
    within × abs(C), musd. ``toward`` names directions (all of ``TOWARD`` if not given, and then also the most in every
    other country, as far as there is time): fewest-plants and fewest-pots count what is backed and drawn on;
    least-outlay is expected net public outlay, musd; least-stock and most-stock the expected present value of stock
    purchases, musd; most-in-one-country the share of backed capital in the region that leads (``most-in-REGION`` for
    another); least-from-origin what is bought from the outside region that sells most to the allied ones, valued at
    long-run prices, where what demand goes short of counts as bought there, so that going without gains nothing;
    most-different asks ``different`` times for the plan whose plants and contracts differ most from the nearest plan
    found so far. Of plans that go equally far, the cheapest found is reported. ``ranges`` also asks how far every
    plant, strike, pot and stockpile can move. ``time_limit`` in seconds is for all of it; questions are asked in order
    of use, and those left over are named in the findings.

    Tables, one row per

    - ``alternatives``: plan, the best first. measure, unit, value and bound say how far it goes, and that no plan
      within the limit goes further; cost and what it is above the best plan (musd, share); plants, which came in and
      went out; strikes (USD/kg); outlay net, and paid out expected and in the 95th percentile (musd, present value);
      pots; stock (musd); leading region and its share of backed capital; share of the origin in the value of supply,
      calm and under embargo; expected shortage cost (musd)
    - ``choices``: plant that could be backed: whether it is in the best, some or every plan found, the verdict
      (must-have, never, free, probably so), and what the plan that decides otherwise costs above the best (musd, with
      the least and most that the gaps allow)
    - ``ranges``: measure (kind, name, unit): number of plants, net outlay, strike of each contract where it is signed,
      charge of each pot, tonnes bought for each stockpile; in the best plan, lowest and highest in any plan found, and
      bounds on all plans within the limit
    - ``awards``: plan and award, with the columns of the table of that name of a solution
    - ``supply``: plan, condition (calm, embargo), material, year and origin (t, musd at long-run prices)

    Must-have and never are proofs: a bound says so. "probably" means that no such plan was found and none excluded.
    A plan is reported once its true cost and every constraint are checked. Methods and sources:
    ``optimizer.engine.variations.near_optimal``, ``optimizer.engine.variations.sourced``.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.

    Raises SettingError for a bad argument, CaseError, ModelError and NoPlanError as ``solve`` does, KeyboardInterrupt
    if interrupted before there is a best plan.
    """
    if not 0.0 <= within <= 1.0:
        raise SettingError(f"within is {within:g}; allowed are shares from 0 to 1, e.g. 0.02 for 2 %.")
    if different < 0:
        raise SettingError(f"{different} most different plans cannot be asked for. Use 0 or more.")
    began = time.monotonic()
    regions = {row.region for row in case.rows("plants") if row.status == "candidate"}
    chosen = _chosen(toward, regions)

    def tell(stage: str) -> None:
        if progress is not None:
            progress(Progress(stage, None, None, None, time.monotonic() - began))

    study = begin(case, within, time_limit, tell)
    origin = _origin(study)
    asked, interrupted = Ranges(study), False
    try:
        study.try_all(_questions(study, chosen, origin, different))
        if ranges:
            study.try_all(asked.questions())
        if toward is None:
            study.try_all([(f"most in {r}", partial(study.most_in, r)) for r in _others(study, regions)])
    except KeyboardInterrupt:
        interrupted = True
    tables = {"alternatives": _alternatives_table(study, origin)}
    if ranges:
        tables |= {"choices": asked.choices(), "ranges": asked.ranges()}
    tables |= _plan_tables(study)
    return Analysis(
        "alternatives",
        case.name,
        case.settings.case.title,
        findings(study, tables, within, origin),
        tables,
        views(origin, ranges),
        study.solves.frame(),
        run_facts(case, "cuts") | {"within": within, "limit_musd": study.near.limit, "origin": origin},
        time.monotonic() - began,
        interrupted,
        case.in_key_order(),
    )


def _chosen(toward: Sequence[str] | None, regions: set[str]) -> tuple[str, ...]:
    allowed = (*TOWARD, *sorted(f"most-in-{region}" for region in regions))
    for name in toward or ():
        if name not in allowed:
            raise SettingError(f"toward '{name}' is no direction. {allowed_words(name, allowed)}")
    return TOWARD if toward is None else tuple(dict.fromkeys(toward))


def _origin(study: Study) -> str | None:
    """The outside region from which the best plan buys most, at long-run prices; None if it buys from none."""
    values = study.world.outside_values(study.best.solved.outcome)
    return max(sorted(values), key=lambda region: values[region]) if any(values.values()) else None


def _leader(study: Study) -> str:
    """The region with most backed capital in the best plan; if none is backed, with most on offer."""
    backed = study.world.backed(study.best.solved.outcome)
    if not backed:
        for option in study.directions.options:
            region = study.world.regions[option[0]]
            backed[region] = backed.get(region, 0.0) + study.world.instance.awards.plants.capex[option]
    return max(sorted(backed), key=lambda region: backed[region]) if backed else ""


def _others(study: Study, regions: set[str]) -> list[str]:
    done = {alternative.name for alternative in study.alternatives} | set(study.impossible)
    open_to = {study.world.regions[plant] for plant in study.directions.plants}
    return [region for region in sorted(regions & open_to) if f"most in {region}" not in done]


def _questions(
    study: Study, chosen: Sequence[str], origin: str | None, different: int
) -> list[tuple[str, Callable[[], None]]]:
    directions = study.directions
    stock, outlay, leader = directions.stock_cost(), study.near.outlay(), _leader(study)
    bought = "stock purchases, expected present value"
    by_name: dict[str, list[tuple[str, Callable[[], None]]]] = {
        "fewest-plants": [
            ("fewest plants", lambda: study.push("fewest plants", "plants backed", "plants", directions.count()))
        ],
        "least-outlay": [("least outlay", lambda: study.push("least outlay", "expected net outlay", "musd", outlay))],
        "least-from-origin": [(f"least from {origin}", partial(study.least_from, origin))] if origin else [],
        "most-in-one-country": [(f"most in {leader}", partial(study.most_in, leader))] if leader else [],
        "fewest-pots": [("fewest pots", study.fewest_pots)],
        "least-stock": [("least stock", lambda: study.push("least stock", bought, "musd", stock))],
        "most-stock": [("most stock", lambda: study.push("most stock", bought, "musd", stock.reversed(), sign=-1.0))],
        "most-different": [(f"most different {i}", partial(study.most_different, i)) for i in range(1, different + 1)],
    }
    # What there is nothing of is not asked about.
    if not directions.options:
        by_name["fewest-plants"] = []
    if not len(outlay.places):
        by_name["least-outlay"] = by_name["fewest-pots"] = []
    if not len(stock.places):
        by_name["least-stock"] = by_name["most-stock"] = []
    if not (directions.plants or directions.contracts):
        by_name["most-different"] = []
    out: list[tuple[str, Callable[[], None]]] = []
    for name in chosen:
        region = name.removeprefix("most-in-")
        out += by_name[name] if name in by_name else [(f"most in {region}", partial(study.most_in, region))]
    return out


def _rows(study: Study) -> list[Alternative]:
    best = study.best
    return [Alternative("best plan", "cost", "musd", best.solved.objective, best.solved.bound, best, best.solved),
            *study.alternatives]  # fmt: skip


def _alternatives_table(study: Study, origin: str | None) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for row in _rows(study):
        pushed = {"measure": row.measure, "unit": row.unit, "value": row.value}
        pushed["bound"] = row.bound if math.isfinite(row.bound) else math.nan
        facts = plan_row(study.world, row.solved, study.best.solved, origin)
        rows.append({"plan": row.name, **pushed, **facts})
    return pd.DataFrame(rows)


def _plan_tables(study: Study) -> dict[str, pd.DataFrame]:
    world, awards, supply = study.world, [], []
    for row in _rows(study):
        table = awards_table(world.case, world.instance, row.solved.outcome)
        table.insert(0, "plan", row.name)
        awards.append(table)
        table = world.supply(row.solved.outcome)
        table.insert(0, "plan", row.name)
        supply.append(table)
    return {"awards": pd.concat(awards, ignore_index=True), "supply": pd.concat(supply, ignore_index=True)}
