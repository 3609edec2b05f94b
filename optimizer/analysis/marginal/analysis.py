"""``shadow_prices``: what a little more of each limit is worth."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd

from optimizer.analysis.answer import Analysis, Solves
from optimizer.analysis.marginal.exact import ExactSteps
from optimizer.analysis.marginal.pots import PotPrices, empty_pots, is_limit
from optimizer.analysis.marginal.supply import SupplyTables
from optimizer.analysis.marginal.words import findings, views
from optimizer.api import run_facts
from optimizer.data import Case
from optimizer.engine import Listener, Options, Solved, decompose
from optimizer.engine.progress import Progress
from optimizer.engine.variations.marginal import FixedWhole
from optimizer.engine.variations.moving import MovingPlans
from optimizer.engine.variations.recourse import SupplyPrices
from optimizer.errors import SettingError
from optimizer.instance import check_finite, compile_instance
from optimizer.scenarios import draw

TIME_LIMIT = 280.0
SHARE_FOR_PLAN = 0.6
"""Share of the time that the search for the plan may take."""


def shadow_prices(
    case: Case,
    *,
    exact: bool = False,
    step_musd: float | None = None,
    time_limit: float = TIME_LIMIT,
    progress: Listener | None = None,
) -> Analysis:
    """Marginal values of the limits of a case: pots, plants' capacity, routes, targets and demand.

    The best plan is found as by ``solve``. Then every yes-or-no decision is kept as it is (which plants start when,
    which strike is signed, who borrows) and the linear programme that is left is solved exactly. Its duals are the
    prices: what tonnages, amounts of money and stock, which may still move, make of a little more of each limit. A plan
    with other plants can do better: ``exact`` solves the whole problem again with each pot a step larger and smaller
    (``step_musd``; a tenth of the pot, if not given) and puts that beside the price.

    Tables, in units of the objective (present value, musd, weighted by the perspective's weights):

    - ``pots``, one row per budget and yearly cap: ``size_musd``, ``used_musd``; ``saving_per_next_musd`` (musd saved by
      the next musd) and ``holds_up_musd`` (for how many more musd the saving per musd stays within 5 % of that);
      ``cost_per_last_musd`` and ``holds_down_musd`` the same for less money; the two differ where the price has a step
      here. ``most_saved_musd``: what any larger pot, up to twice its size and 100 musd, saves in all. ``needed_musd``:
      with less, these plants and contracts cannot be paid for, if that is what ends the range. The
      saving by what it consists of: ``resource_``, ``shortage_``, ``outlay_`` and ``other_saved_per_musd``.
    - ``plants``: what one more tonne a year of capacity is worth; ``lanes``: the same of routes that bind. From solving
      every future again with a thousandth more, or less, in all years in which there is some: present value of 1 kt/yr
      in ``one_more_musd_per_kt`` and ``one_less_musd_per_kt``, and spread evenly over the years (at the social rate) in
      ``one_more_usd_per_kg`` and ``one_less_usd_per_kg``. Of the duals of each year, undiscounted, the mean over the
      years: ``expected_usd_per_kg``, ``calm_usd_per_kg``, ``embargo_usd_per_kg`` (years and futures with a disruption
      in force). Where more and less differ, a dual is some number between them; plants that are not there have none.
      Capacity comes free of charge here: its capital cost is to be held against it.
    - ``targets``: ``cost_musd`` of one percentage point, or one day of cover, more (of a share limit: less).
    - ``demand``: marginal cost of supply; ``demand_years`` the same year by year.
    - ``exact``: for each step, ``price_says_musd`` (price times step), ``kept_saves_musd`` (with yes-or-no decisions
      kept; empty if they then cannot be paid for) and ``plan_saves_musd`` (with the plan chosen anew), the last between
      ``least_saved_musd`` and ``most_saved_musd``, which the gaps leave open.

    ``progress`` is called with a report now and then: stage, best cost, bound, gap, seconds.
    ``time_limit`` in seconds is for all of it; what is known by then is returned. Raises what ``solve`` raises, and
    SettingError for a step that is not above 0. Source of the method: R. O'Neill and others, Efficient market-clearing
    prices in markets with nonconvexities, European Journal of Operational Research 164 (2005), for prices with integers
    fixed; the ends of a range by Newton's method on the convex value function.
    """
    if step_musd is not None and not (np.isfinite(step_musd) and step_musd > 0.0):
        raise SettingError(f"a step of {step_musd:g} musd moves nothing. Give one above 0.")
    began = time.monotonic()
    deadline = began + time_limit

    def tell(stage: str) -> None:
        if progress is not None:
            progress(Progress(stage, None, None, None, time.monotonic() - began))

    tell("drawing scenarios")
    draws = draw(case)
    instance = compile_instance(case, draws)
    check_finite(instance)
    solves, missing = Solves(), list[str]()
    settings = case.settings
    options = Options(gap=settings.solve.gap, seed=settings.scenarios.seed)
    parts = decompose(instance)
    limits = [name for name in parts.problem.form.row_names if is_limit(name)]
    plans = MovingPlans(parts, limits)

    def solve(question: str) -> Solved:
        left = deadline - time.monotonic()
        if left <= 0.5:
            raise TimeoutError
        tell(question)
        found = plans.solve(replace(options, time_limit=left), progress)
        solves.add(question, found)
        if found.termination == "interrupted":
            raise KeyboardInterrupt
        return found

    tell("searching for the best plan")
    limit = min(settings.solve.time_limit_s, SHARE_FOR_PLAN * time_limit)
    best = plans.solve(replace(options, time_limit=limit), progress)
    solves.add("best plan", best)
    interrupted = best.termination == "interrupted"
    fixed = FixedWhole(plans.parts, plans.master.pool, plans.last, deadline)
    tables: dict[str, pd.DataFrame] = {"pots": empty_pots()}
    value = best.objective
    try:
        if interrupted:
            raise KeyboardInterrupt
        tell("pricing supply")
        here = fixed.known()
        value = here.value
        supply = SupplyTables(case, instance, draws, SupplyPrices(fixed.parts, here.x), fixed.outcome(here))
        tables["plants"], tables["lanes"] = supply.plants(), supply.lanes()
        tables["targets"] = supply.targets(here.duals)
        tables["demand"], tables["demand_years"] = supply.demand()
        pots = PotPrices(instance, fixed, here, plans.sizes)
        for row in limits:
            tell(f"pricing {row}")
            pots.ask(row)
            tables["pots"] = pots.table()
        if exact:
            steps = ExactSteps(plans, best, plans.sizes, pots.prices(), step_musd, solve, pots.saved)
            for _ in steps.ask_all():
                tables["exact"] = steps.table()
    except TimeoutError:
        missing.append(f"{time_limit:g} s were not enough for every price; longer (--time-limit) shows the rest")
    except KeyboardInterrupt:
        interrupted = True
        missing.append("it was stopped before every price was known")
    return Analysis(
        verb="prices",
        case_name=case.name,
        title=settings.case.title,
        findings=findings(case, tables, best, value, missing),
        tables=tables,
        views=views(tables),
        solves=solves.frame(),
        run=run_facts(case, "cuts"),
        seconds=time.monotonic() - began,
        interrupted=interrupted,
        case=case,
    )
