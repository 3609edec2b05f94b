"""``instruments``: the same supply bought with every instrument."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.analysis.alone import Outlook
from optimizer.analysis.answer import Analysis, Solves, View
from optimizer.analysis.instrument_choice.choice import Choice
from optimizer.analysis.instrument_choice.choices import PlantChoices
from optimizer.analysis.instrument_choice.exact import only_instrument
from optimizer.analysis.instrument_choice.findings import findings, plan_findings
from optimizer.analysis.instrument_choice.protection import ProtectedMarket, protected_market
from optimizer.analysis.instrument_choice.tables import (
    ALLIES,
    instruments_table,
    least_terms_table,
    quantiles_table,
    totals_table,
)
from optimizer.analysis.instrument_choice.views import views
from optimizer.analysis.instrument_choice.wording import CALLED, full_name
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.data.nearest import allowed_words
from optimizer.engine.progress import Listener, Progress
from optimizer.errors import NoPlanError, SettingError
from optimizer.live import LiveCase
from optimizer.results import Solution
from optimizer.scenarios import draw

TIME_LIMIT = 240.0


def instruments(
    case: Case,
    *,
    plant: str | None = None,
    strike: float | None = None,
    exact: bool = False,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """The same supply bought with each of nine instruments: who pays, what it deters, what stays bankable.

    For every plant that the plan backs (or for ``plant``, any candidate) the least terms are found at which it is
    viable alone, with the start year of the plan (else its earliest), all planned output covered, for the tenor of its
    first contract row (else 10 years): floor, two-way CfD, collar, purchase, grant, public loan, public equity, tariff
    and border floor; the last two around the plant's own region and around all regions that are not covered countries
    (``allies``). ``strike`` (USD/kg; needs ``plant``) prices contracts and border floors at that strike too. ``exact``
    solves the whole model again with that one instrument, at those terms, as all that is on offer to the plant.
    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``time_limit`` in seconds ends the search for the plan and then the further solves; what is known is returned.

    Tables (musd: present value at the public rate; NaN where no terms are enough):

    ``instruments``  one row per plant, instrument, market and terms. strike_usd_per_kg, amount_musd or tariff_share;
        treasury_* and buyers_*: expected, p95, cvar (worst 5 %), worst and best over price paths;
        public_and_buyers_*: both together, usd_per_kg by discounted output; other_producers_expected_musd: what
        producers inside gain; loan_unpaid_*: what of a loan is not repaid if only the plant's own cash repays it;
        sponsor_*: net present value at its hurdle rate with the private debt it takes; upside_kept_share: of what
        prices above the strike bring; income_spread_usd_per_kg: standard deviation over paths of mean income per kg in
        the years of cover (price and basis risk left); debt_capacity_* and bankable: private debt in the lender's deck;
        survives_price_usd_per_kg: the price of the product, standing still, below which cash costs are not covered;
        survives_slump_share: how far that is under today's; loses_cash_above_usd_per_kg: from where on it pays back
        more than it earns, up to four times the price; defaults_below_usd_per_kg: where debt service is not;
        ruined_after_years: of the deepest dumping in the case until losses equal the sponsor's own money;
        predator_loses_musd_per_year: what covered countries' suppliers forgo at the price that breaks debt service;
        paid_for, on_offer, pot, scored_musd, budget_musd, fits_pot (the pot having nothing else to pay for).
    ``least_terms``  one row per plant, the least level of every instrument side by side.
    ``totals``  per instrument over the plants it brings (a border measure on one product counts once).
    ``quantiles``  of who pays over price paths.
    ``plans``  (``exact``) objective, gap and whether the plant is in the plan, or why that was not asked.

    Treasury figures are those of the award model: equity earns its fair value at the hurdle rate, a loan costs its
    credit subsidy; a purchase is resold at what the plant would have got. Border measures follow the rules of those of
    the case (``optimizer.instance.market``): payments are uplift × tonnes, imports' part is revenue. Demand does not
    react.

    Raises SettingError for an unknown plant or a strike that is not above 0, NoPlanError as ``solve`` does.
    """
    began = time.monotonic()
    _check(case, plant, strike)
    live, solves = LiveCase(case), Solves()
    plan = live.solve(baseline=False, time_limit=time_limit, progress=progress)
    solves.add("best plan", plan)
    _tell(progress, "finding the least terms", began)
    outlook = Outlook(case, draw(case))
    started = _started(plan)
    asked = _asked(plan, plant, outlook)
    work = _Work(case, live, solves, began + time_limit, progress, interrupted=plan.interrupted)
    try:
        for name, start in asked:
            markets = _markets(outlook, name, {**started, name: start})
            choices = PlantChoices(outlook, name, start, markets)
            work.found.append((choices, list(choices.all(strike))))
        if exact and not work.interrupted:
            work.ask_exactly()
    except KeyboardInterrupt:
        work.interrupted = True
    return _analysis(case, work, strike, began, missing=len(asked) - len(work.found))


def _check(case: Case, plant: str | None, strike: float | None) -> None:
    candidates = [row.plant for row in case.rows("plants") if row.status == "candidate"]
    if plant is not None and plant not in candidates:
        raise SettingError(f"'{plant}' is not a candidate. {allowed_words(plant, candidates)}")
    if strike is None:
        return
    if plant is None:
        raise SettingError("a strike is asked about for one plant: name the plant too.")
    if not (math.isfinite(strike) and strike > 0.0):
        raise SettingError(f"a strike of {strike:g} USD/kg is not above 0.")


def _started(plan: Solution) -> dict[str, int]:
    awards = plan.tables["awards"]
    built = awards[awards["start_year"].notna()]
    return {row["plant"]: int(row["start_year"]) for row in built.to_dict("records")}


def _asked(plan: Solution, plant: str | None, outlook: Outlook) -> list[tuple[str, int]]:
    started = _started(plan)
    if plant is not None:
        return [(plant, started.get(plant, min(outlook.case.row("plants", plant).start_years)))]
    awards = plan.tables["awards"]
    backed = dict.fromkeys(str(name) for name in awards.loc[awards["route"] == "supported", "plant"])
    return [(name, started[name]) for name in backed]


def _markets(outlook: Outlook, plant: str, started: dict[str, int]) -> list[ProtectedMarket]:
    """The markets a border measure could protect: the plant's region, and all that are not covered countries.

    One, if nobody else of these buys or makes the product.
    """
    case, row = outlook.case, outlook.case.row("plants", plant)
    allies = [region.region for region in case.rows("regions") if not region.covered]
    around = {row.region: [row.region]}
    if row.region in allies and len(allies) > 1:
        around[ALLIES] = allies
    years = outlook.paths.years
    found = [protected_market(case, name, regions, row.product, years, started) for name, regions in around.items()]
    return found[:1] if all(market.trades_as(found[0]) for market in found) else found


@dataclass
class _Work:
    """What is found bit by bit."""

    case: Case
    live: LiveCase
    solves: Solves
    deadline: float
    progress: Listener | None
    interrupted: bool = False
    found: list[tuple[PlantChoices, list[Choice]]] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    unasked: int = 0

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()

    def ask_exactly(self) -> None:
        """Solve the whole model once per plant and instrument, at least terms, until the deadline."""
        for plant, choices in self.found:
            for choice in (one for one in choices if not one.stated):
                self._ask(plant, choice)

    def _ask(self, plant: PlantChoices, choice: Choice) -> None:
        name = full_name(choice.instrument, choice.market)
        row: dict[str, Any] = {"plant": plant.plant, "instrument": CALLED[choice.instrument], "market": choice.market}
        row |= {"name": name}
        row |= {"plan_objective_musd": math.nan, "plan_bound_musd": math.nan, "plan_gap": math.nan}
        row |= {"in_plan": None, "not_asked_because": None}
        changed = only_instrument(self.case, plant, choice)
        left = self.left()
        if isinstance(changed, str):
            self.plans.append(row | {"not_asked_because": changed})
        elif left < 1.0:
            self.unasked += 1
            self.plans.append(row | {"not_asked_because": "out of time"})
        else:
            _tell(self.progress, f"plan with a {name} for {plant.plant}", time.monotonic())
            try:
                plan = self.live.solve(changed, baseline=False, time_limit=left, progress=self.progress)
            except NoPlanError as error:
                why = "no plan exists" if error.infeasible else "no plan was found in time"
                self.plans.append(row | {"not_asked_because": why})
                return
            self.solves.add(f"plan if {plant.plant} is offered a {name} only", plan)
            row |= {"plan_objective_musd": plan.objective_musd, "plan_bound_musd": plan.bound_musd}
            inside = plant.plant in set(plan.tables["awards"]["plant"])
            self.plans.append(row | {"plan_gap": plan.gap, "in_plan": "yes" if inside else "no"})
            if plan.interrupted:
                raise KeyboardInterrupt


def _analysis(case: Case, work: _Work, strike: float | None, began: float, missing: int) -> Analysis:
    if not work.found and not work.interrupted:
        told = ["The plan backs no plant, so there is nothing to compare. Name a candidate with --plant."]
    else:
        told = []
    tables = {"instruments": instruments_table(work.found), "totals": totals_table(work.found)}
    if len(tables["instruments"]):
        tables["least_terms"] = least_terms_table(tables["instruments"])
    tables["quantiles"] = quantiles_table(work.found)
    if work.found:
        told += findings([plant for plant, _ in work.found], tables["instruments"], tables["totals"])
    if work.plans:
        tables["plans"] = pd.DataFrame(work.plans)
        told += plan_findings(tables["plans"])
        if work.unasked:
            told.append(f"Out of time: {work.unasked} plans were not solved.")
    if missing:
        words = "1 plant was" if missing == 1 else f"{missing} plants were"
        told.append(f"{words} not looked at before it was stopped.")
    if work.solves.rows and work.solves.rows[0][4] != "gap_reached":
        told.append("The search for the plan was cut short: the plants it backs may differ in the best one.")
    shown = _views(work.found, tables)
    return Analysis(
        "instruments", case.name, case.settings.case.title, tuple(told), tables, shown, work.solves.frame(),
        run_facts(case, "cuts") | {"strike_usd_per_kg": strike}, time.monotonic() - began, work.interrupted, case,
    )  # fmt: skip


def _views(found: Sequence[tuple[PlantChoices, list[Choice]]], tables: dict[str, pd.DataFrame]) -> tuple[View, ...]:
    return views([plant.plant for plant, _ in found], tables) if found else ()


def _tell(progress: Listener | None, stage: str, began: float) -> None:
    if progress is not None:
        progress(Progress(stage, None, None, None, time.monotonic() - began))
