"""``additionality``: which backed plants would have been built anyway, on how many price paths, and at what cost."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import pandas as pd

from optimizer.analysis.additional.needless import OUTLAYS, judged
from optimizer.analysis.alone import Outlook
from optimizer.analysis.answer import Analysis, Solves, View, in_words
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener
from optimizer.errors import ReconciliationError
from optimizer.live import LiveCase
from optimizer.results import Solution
from optimizer.scenarios import draw

TIME_LIMIT = 240.0
CLOSE = 1e-6
"""Largest difference between the items and the plan's net outlay, relative to it (at least 1 musd)."""

VIEWS = (
    View(
        "Plants of the plan without their support",
        "additionality",
        {
            "plant": "plant",
            "support": "support",
            "unaided_paths_share": "pays unaided\non paths",
            "stopped_by": "but stopped by",
            "short_by_musd": "short by\nmusd",
        },
    ),
    View(
        "Expected public outlay, and the part on paths on which the plant would have paid for itself",
        "additionality",
        {
            "plant": "plant",
            "outlay_musd": "outlay\nmusd",
            "needed_outlay_musd": "where\nneeded",
            "deadweight_musd": "dead-\nweight",
            "deadweight_of_outlay_share": "of\noutlay",
            "needless_paid_musd": "paid\nthere",
            "needless_returned_musd": "returned\nthere",
            "beyond_need_musd": "beyond\nneed musd",
        },
    ),
    View(
        "Item by item: sums to the net outlay of the plan",
        "outlays",
        {
            "plant": "plant or stock",
            "item": "item",
            "programme": "pot",
            "outlay_musd": "outlay\nmusd",
            "deadweight_musd": "dead-\nweight",
            "needed_musd": "needed",
            "stock_musd": "stock",
        },
    ),
)


def additionality(case: Case, *, time_limit: float = TIME_LIMIT, progress: Listener | None = None) -> Analysis:
    """Which plants of the best plan would be built without support on how many price paths, and the deadweight.

    A plant pays for itself on a path if its sponsor's net present value at the hurdle rate, without support and with
    the private debt that suits it best, is not negative there. That is known afterwards only: before, a sponsor builds
    if its expected return, its downside and its lender say so (``models.viability``).

    Tables (musd are present values; outlays at the public rate, net of what is paid back):

    - ``additionality``: a row for each plant built or backed. ``route`` is supported, private (enters unaided) or
      running (operates anyway); ``unaided_paths_share`` the share of paths on which it pays for itself;
      ``stopped_by`` the condition that it misses most all the same, by ``short_by``; ``outlay`` the expected net
      outlay, of which ``deadweight`` falls on those paths, ``needless_paid`` less ``needless_returned`` (netted over
      a path's life), and ``needed_outlay`` on all others. Deadweight is negative where contracts pay back.
      ``beyond_need`` is what the sponsor could give up for certain and still accept its expected return and downside.
    - ``outlays``: the same item by item, and stock, which is bought for no plant; ``deadweight + needed + stock`` sums
      to the net outlay of the plan.

    ``time_limit`` in seconds is for the search for the best plan of ``case``; ``progress`` is called with a report now
    and then (stage, best cost, bound, gap, seconds). Raises what ``solve`` raises, ReconciliationError if items and
    plan do not agree.
    """
    began = time.monotonic()
    solution = LiveCase(case).solve(case, time_limit=time_limit, baseline=False, progress=progress)
    draws = draw(case)
    plants, items = judged(Outlook(case, draws), solution.tables["awards"], solution.tables["financing"])
    items = pd.concat([items, _stock(solution)], ignore_index=True) if len(items) else _stock(solution)
    _reconcile(items, solution)
    solves = Solves()
    solves.add("best plan", solution)
    return Analysis(
        "additionality", case.name, case.settings.case.title, _findings(plants, items),
        {"additionality": plants, "outlays": items}, VIEWS, solves.frame(), run_facts(case, "cuts"),
        time.monotonic() - began, solution.interrupted, case,
    )  # fmt: skip


def _stock(solution: Solution) -> pd.DataFrame:
    """Stock purchases: neither deadweight nor needed by a plant."""
    pots = solution.tables["programmes"]
    bought = pots[pots["stock_scored_musd"].abs() > CLOSE]
    rows = [
        dict.fromkeys(OUTLAYS, 0.0)
        | {"plant": "stock", "item": "purchases", "instrument": "stockpile", "programme": pot}
        | {"outlay_musd": paid, "stock_musd": paid}
        for pot, paid in bought[["programme", "stock_scored_musd"]].itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(OUTLAYS))


def _reconcile(items: pd.DataFrame, solution: Solution) -> None:
    breakdown = solution.tables["breakdown"].set_index("term")["unweighted_musd"]
    total, found = float(breakdown["net_outlay"]), float(items["outlay_musd"].sum())
    if abs(total - found) > CLOSE * max(1.0, abs(total)):
        raise ReconciliationError(f"items of outlay sum to {found:,.6f} musd, the plan's net outlay is {total:,.6f}.")


def _findings(plants: pd.DataFrame, items: pd.DataFrame) -> tuple[str, ...]:
    backed = plants[(plants["route"] == "supported") & (plants["support"] != "none")]
    unaided = plants[plants["route"] == "private"]["plant"].tolist()
    free = plants[(plants["route"] == "supported") & (plants["support"] == "none")]["plant"].tolist()
    running = plants[plants["route"] == "running"]["plant"].tolist()
    total, dead = float(items["outlay_musd"].sum()), float(items["deadweight_musd"].sum())
    needed, stock = float(items["needed_musd"].sum()), float(items["stock_musd"].sum())
    said = [
        f"The plan backs {len(backed)} plants; {in_words(unaided)} would enter without support in every plan."
        + (f" {in_words(free)} needs no support, but a plant that is backed." if free else "")
        + (f" {in_words(running)} runs anyway: all of its support is deadweight." if running else ""),
        f"Expected net outlay is {total:,.1f} musd: {needed:,.1f} on price paths on which the plant would not have "
        f"paid for itself, {dead:,.1f} on those on which it would (deadweight; below zero: paid back), {stock:,.1f} "
        "for stock.",
    ]
    said += [_plant(row) for row in backed.to_dict("records")]
    spare = backed[backed["beyond_need_musd"] > 0.05].sort_values("beyond_need_musd", ascending=False)
    if len(spare):
        names = [f"{p} {m:,.1f}" for p, m in spare[["plant", "beyond_need_musd"]].itertuples(index=False)]
        said.append(
            "Beyond what they ask for, chiefly because strikes come in ticks or because a lender asks for more, "
            f"sponsors keep (musd): {in_words(names)}."
        )
    said.append(
        "Deadweight is known afterwards only: a sponsor decides before, on its expected return and its bad tail. It is "
        "below zero where a contract pays back in the good years."
    )
    return tuple(said)


def _plant(row: Mapping[Any, Any]) -> str:
    share = f"{100.0 * row['unaided_paths_share']:.0f} % of price paths"
    stopped = f"it is stopped by its {row['stopped_by']}, short by {row['short_by_musd']:,.1f} musd"
    if row["short_by_musd"] <= 0.0:
        stopped = f"unaided it would be viable ({row['stopped_by']})"
    dead, part = row["deadweight_musd"], row["deadweight_of_outlay_share"]
    of_outlay = "" if math.isnan(part) else f" ({100.0 * part:.0f} %)"
    there = f"{dead:,.1f}{of_outlay} is deadweight" if dead >= 0.0 else f"such paths bring {-dead:,.1f} back"
    return (
        f"{row['plant']} would pay for itself unaided on {share}, but before they are known {stopped}; "
        f"expected outlay is {row['outlay_musd']:,.1f} musd, of which {there}."
    )
