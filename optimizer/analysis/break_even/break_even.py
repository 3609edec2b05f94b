"""``breakeven``: the terms at which each candidate is viable, and those at which it is worth its support."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from optimizer.analysis.alone import Outlook
from optimizer.analysis.answer import Analysis, Solves
from optimizer.analysis.break_even.curves import curves
from optimizer.analysis.break_even.entering import Entering
from optimizer.analysis.break_even.findings import findings, views
from optimizer.analysis.break_even.needs import Need, in_fault, needs, replacements, starts
from optimizer.analysis.break_even.worth import Worth, Worths, pot_strike, worth_strike
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.engine import Listener, Options
from optimizer.engine.progress import Progress
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.errors import SettingError, SolverError
from optimizer.instance import check_finite, compile_instance
from optimizer.scenarios import draw

TIME_LIMIT = 280.0
ONE_SOLVE = 60.0
"""Longest that one of many solves may take, seconds."""
FINER = 0.2
"""Share of the case's gap to which plans are found when they are compared with each other."""
FORMS, MONEY = ("floor", "cfd", "collar", "purchase"), ("grant", "equity", "loan")
COLUMNS = (
    "plant", "contract", "form", "verdict", "needs_strike_usd_per_kg", "needs_tick_usd_per_kg",
    "worth_strike_usd_per_kg", "enters_strike_usd_per_kg", "menu_low_usd_per_kg", "menu_top_usd_per_kg",
    "start_year", "covered_t_per_year", "tenor_years", "stopped_below_by",
    "least_at_top_t_per_year", "least_at_tick_t_per_year", "shortest_at_top_years", "shortest_at_tick_years",
    "outlay_at_need_musd", "cvar_outlay_at_need_musd", "sponsor_npv_at_need_musd", "debt_at_need_musd",
    "value_musd", "value_least_musd", "value_most_musd", "support_cost_musd", "net_benefit_musd",
    "worth_strike_least_usd_per_kg", "worth_strike_most_usd_per_kg",
    "pot", "pot_strike_usd_per_kg", "pot_left_strike_usd_per_kg", "plan_strike_usd_per_kg", "why",
)  # fmt: skip


@dataclass
class BreakEven:
    """Rows of the answer, kept as they are found, so that time may run out."""

    case: Case
    outlook: Outlook
    weight: float
    rows: list[dict[str, Any]] = field(default_factory=list)
    replaced: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    found: list[tuple[dict[str, Any], Need | None]] = field(default_factory=list)

    def needs_of(self, plant: str, contracts: list[Row], money: tuple[str, ...]) -> None:
        """What one plant needs alone."""
        own = needs(self.outlook, plant, contracts)
        for need in own:
            self._add(_need_columns(need), need)
            self.lines += curves(need)
        if not own:
            options = starts(self.outlook, plant, None)
            best = max(options, key=lambda alone: alone.standing().slack)
            stopped = in_fault(best.standing())
            self._add({"plant": plant, "start_year": best.start_year, "stopped_below_by": stopped}, None)
        viable = [need for need in own if need.strike.amount is not None]
        best_need = min(viable, key=lambda need: need.strike.standing.expected_outlay, default=None)
        self.replaced += replacements(self.outlook, plant, best_need, money)

    def _add(self, facts: dict[str, Any], need: Need | None) -> None:
        row = {name: None if name in WORDS else math.nan for name in COLUMNS} | facts
        self.rows.append(row)
        self.found.append((row, need))

    def worth_of(self, plant: str, worth: Worth | None, plans: ForcedPlans) -> None:
        """Add what a plant is worth to its rows."""
        programmes = plans.parts.instance.awards.programmes
        for row, need in self.found:
            if row["plant"] != plant or worth is None:
                continue
            row |= {"value_musd": worth.value, "value_least_musd": worth.least, "value_most_musd": worth.most}
            if need is None or need.row.form == "purchase":
                continue
            for name, value in (("", worth.value), ("_least", worth.least), ("_most", worth.most)):
                row[f"worth_strike{name}_usd_per_kg"] = worth_strike(need, value, self.weight)
            row["net_benefit_musd"] = worth.value - row["support_cost_musd"]
        for row, need in self.found:
            if row["plant"] == plant and need is not None:
                pot = need.row.programme
                scoring, alpha = programmes.scoring[pot], programmes.alpha[pot]
                left = programmes.budget[pot] - plans.used.get(pot, 0.0)
                row["pot_strike_usd_per_kg"] = pot_strike(need, programmes.budget[pot], scoring, alpha)
                row["pot_left_strike_usd_per_kg"] = pot_strike(need, max(left, 0.0), scoring, alpha)


WORDS = ("plant", "contract", "form", "verdict", "stopped_below_by", "pot", "why")


def breakeven(
    case: Case,
    *,
    plant: str | None = None,
    instrument: str | None = None,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """What every candidate of a case needs, what it is worth, and what would replace its contract.

    ``plant``: of this one alone.

    ``instrument`` keeps to contracts of one form (floor, cfd, collar, purchase), or to one kind of money in their
    place (grant, equity, loan). ``time_limit`` in seconds is for all of it; what is known by then is returned.

    Tables (USD/kg, musd as present values, t/yr, years):

    - ``breakeven``: a row for each contract on offer to a candidate, or for the candidate if there is none.
      ``needs_strike`` is the lowest strike at which the plant is viable alone (this contract at its largest tonnage and
      private debt, no other support, its pot without limit) to the cent, ``needs_tick`` the lowest on the grid of the
      menu; ``stopped_below_by`` the condition that fails one cent lower; ``least_*`` and ``shortest_*`` the tonnage
      and the tenor (up to twice the one on offer) that suffice at the top of the menu and at ``needs_tick``. ``value``
      is what the plant saves if it is simply there: the best plan without it less the best plan in which it is built
      whatever its sponsor says, without support; ``value_least`` and ``value_most`` bracket it from the bounds.
      ``support_cost`` is the expected net outlay at ``needs_strike`` times the weight of outlay; ``net_benefit`` the
      value less it.
      ``worth_strike`` is the strike at which that cost uses the value up. ``pot_strike`` exhausts the whole pot,
      ``pot_left_strike`` what the plan leaves of it. ``plan_strike`` is the one signed in the plan, ``enters_strike``
      the lowest at which a full solve has the plant in the plan. ``verdict`` and ``why`` say it in words.
    - ``curves``: the break-even strike against a grant (musd), the tenor (years), the sponsor's tail (alpha) and its
      loss limit (multiple of the stated one).
    - ``replacements``: the least grant, equity or loan that alone would do, its expected outlay and that of the
      contract.

    A plant's value is measured at the start year that suits the plan, its need at the start year that needs least.
    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    Raises SettingError for an unknown plant or instrument, and what ``solve`` raises.
    """
    began = time.monotonic()
    candidates = [row.plant for row in case.in_key_order().rows("plants") if row.status == "candidate"]
    asked, forms, money = _asked(case, candidates, plant, instrument)

    def tell(stage: str) -> None:
        if progress is not None:
            progress(Progress(stage, None, None, None, time.monotonic() - began))

    tell("drawing scenarios")
    draws = draw(case)
    instance = compile_instance(case, draws)
    check_finite(instance)
    outlook = Outlook(case, draws)
    weights = instance.awards.weights
    answer = BreakEven(case, outlook, weights["outlay"])
    entered = instance.awards.plants.private_entry
    for name in asked:
        tell(f"what {name} needs")
        mine = [row for row in outlook.case.rows("contracts") if row.plant == name and row.form in forms]
        answer.needs_of(name, mine, money)
    tell("searching for the best plan")
    limit = min(time_limit, case.settings.solve.time_limit_s)
    gap, seed = FINER * case.settings.solve.gap, case.settings.scenarios.seed
    plans = ForcedPlans(instance, Options(gap=gap, time_limit=limit, seed=seed), began + time_limit)
    plans.options = Options(gap=gap, time_limit=min(limit, ONE_SOLVE), seed=seed)
    solves = Solves()
    solves.add("best plan", plans.best)
    worths = Worths(plans, solves, tell)
    entering = Entering(case, draws, worths, solves, tell)
    stop, interrupted = _ask(answer, worths, entering, _in_order(answer, worths, entered), plans)
    for row, need in answer.found:
        entering.judge(row, need, entered)
    tables = {
        "breakeven": pd.DataFrame(answer.rows, columns=list(COLUMNS)),
        "curves": pd.DataFrame(answer.lines, columns=list(CURVES)),
        "replacements": pd.DataFrame(answer.replaced, columns=list(REPLACED)),
    }
    said = findings(tables, weights["outlay"], stop)
    return Analysis(
        "breakeven", case.name, case.settings.case.title, said, tables, views(tables, plant), solves.frame(),
        run_facts(case, "cuts"), time.monotonic() - began, interrupted, case,
    )  # fmt: skip


CURVES = ("plant", "contract", "curve", "x", "x_unit", "strike_usd_per_kg")
REPLACED = (
    "plant", "instrument", "start_year", "amount_musd", "offered_musd", "outlay_musd", "cvar_outlay_musd", "contract",
    "contract_outlay_musd", "reason",
)  # fmt: skip


def _ask(
    answer: BreakEven, worths: Worths, entering: Entering, asked: list[str], plans: ForcedPlans
) -> tuple[str | None, bool]:
    """Ask the search about each plant; what stopped it, if anything did, and whether that was a hand."""
    done, failed = list[str](), list[str]()
    try:
        for name in asked:
            try:
                answer.worth_of(name, worths.of(name), plans)
            except SolverError:
                failed.append(name)
            done.append(name)
        for row, need in answer.found:
            try:
                entering.ask(row, need)
            except SolverError:
                failed.append(str(row["contract"]))
    except (TimeoutError, KeyboardInterrupt) as stopped:
        missing = [name for name in asked if name not in done]
        what = f"what {', '.join(missing)} is worth" if missing else "at which strike some plants enter the plan"
        by_hand = isinstance(stopped, KeyboardInterrupt)
        return f"Time was up before it was known {what}; more time (--time-limit) may tell.", by_hand
    return f"The solver failed on what concerns {', '.join(failed)}: not known." if failed else None, False


def _in_order(answer: BreakEven, worths: Worths, entered: Mapping[str, int]) -> list[str]:
    """Plants whose worth is asked: those in the plan first, then those with a contract, then the rest."""
    with_contract = {row["plant"] for row, need in answer.found if need is not None}
    plants = [name for name in dict.fromkeys(row["plant"] for row in answer.rows) if name not in entered]
    return sorted(plants, key=lambda name: (name not in worths.built, name not in with_contract))


def _asked(
    case: Case, candidates: list[str], plant: str | None, instrument: str | None
) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    if plant is not None and plant not in candidates:
        raise SettingError(f"plant '{plant}' is not a candidate of this case. {allowed_words(plant, candidates)}")
    if instrument is not None and instrument not in (*FORMS, *MONEY):
        words = allowed_words(instrument, (*FORMS, *MONEY))
        raise SettingError(f"instrument '{instrument}' is unknown. {words}")
    asked = candidates if plant is None else [plant]
    if instrument in FORMS:
        offered = {row.plant for row in case.rows("contracts") if row.form == instrument}
        if not offered & set(asked):
            raise SettingError(f"no contract of the form '{instrument}' is on offer to {plant or 'any candidate'}.")
        return [name for name in asked if name in offered], (instrument,), MONEY
    return asked, FORMS, MONEY if instrument is None else (instrument,)


def _need_columns(need: Need) -> dict[str, Any]:
    row, found = need.row, need.strike.standing
    volume = 1000.0 * need.alone.output
    facts = {
        "plant": need.alone.plant,
        "contract": row.contract,
        "form": row.form,
        "needs_strike_usd_per_kg": need.strike.amount,
        "needs_tick_usd_per_kg": need.tick,
        "menu_low_usd_per_kg": row.strike_min_usd_per_kg,
        "menu_top_usd_per_kg": row.strike_max_usd_per_kg,
        "start_year": need.alone.start_year,
        "covered_t_per_year": need.tonnes,
        "tenor_years": float(row.tenor_years),
        "stopped_below_by": need.stops,
        "least_at_top_t_per_year": _times(need.shares["top"], volume),
        "least_at_tick_t_per_year": _times(need.shares["tick"], volume),
        "shortest_at_top_years": need.tenors["top"],
        "shortest_at_tick_years": need.tenors["tick"],
        "pot": row.programme,
    }
    if need.strike.amount is not None:
        outlay_weight = need.alone.outlook.case.settings.objective.effective_weights.outlay
        facts |= {
            "outlay_at_need_musd": found.expected_outlay,
            "cvar_outlay_at_need_musd": found.cvar_outlay(),
            "sponsor_npv_at_need_musd": found.expected_npv,
            "debt_at_need_musd": found.debt,
            "support_cost_musd": outlay_weight * found.expected_outlay,
        }
    return {name: math.nan if value is None else value for name, value in facts.items()}


def _times(share: float | None, volume: float) -> float | None:
    return None if share is None else share * volume
