"""The extensive form: awards and every future in one model, solved by HiGHS."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.log import LoggingIntercept

from models.assemble import SUPPLY_COST_BOUND, award_cost, award_model, extensive_form
from optimizer.engine.compiled import standard_form
from optimizer.engine.form import StandardForm, check_point
from optimizer.engine.highs import Options, RawSolution, export, solve_form
from optimizer.engine.progress import Listener, Progress
from optimizer.engine.safe_bound import safe_bound
from optimizer.engine.values import Outcome, read_outcome
from optimizer.errors import NoPlanError, SolverError
from optimizer.instance import Instance, check_finite

FloatArray = NDArray[np.float64]

TOLERANCE = 1e-6
"""Worst violation, relative to the row's largest term, at which a point still counts as a plan."""


SOLVER_CLAIMED, CERTIFIED = "HiGHS (not certified)", "weak duality (certified)"
CERTIFIED_GAP = 1e-6
"""A bound counts as certified if weak duality proves all of it but this share."""


@dataclass(frozen=True)
class Solved:
    """A plan with the reason the search stopped, its cost, a lower bound on any plan's cost (musd), and seconds.

    ``certified`` is a bound proved by weak duality, musd: of the LP if some columns are whole. ``bound_from``
    says where ``bound`` comes from. ``trace`` has one line per iteration of the cutting-plane method.
    """

    outcome: Outcome
    termination: str
    objective: float
    bound: float
    seconds: float
    violation: float
    trace: tuple[Any, ...] = ()
    certified: float = -np.inf
    bound_from: str = SOLVER_CLAIMED


def solve_extensive(
    instance: Instance, options: Options, listener: Listener | None = None, export_to: Path | None = None
) -> Solved:
    """Build, solve, polish and tidy the extensive form.

    Ctrl-C ends the search, polishing or tidying with the best plan so far; KeyboardInterrupt is raised only if there is
    none. Raises ModelError for numbers that are not finite, NoPlanError if the model is infeasible or no plan was found
    in time.
    """
    # Pyomo logs to standard output what it also raises; standard output belongs to results.
    with LoggingIntercept(module="pyomo"):
        return _solved(instance, options, listener, export_to)


def export_extensive(instance: Instance, path: Path) -> None:
    """Write the extensive form as ``.mps`` or ``.lp``. Raises ModelError, SettingError, OutputError."""
    with LoggingIntercept(module="pyomo"):
        check_finite(instance)
        model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
        export(standard_form(model), path)


def _solved(instance: Instance, options: Options, listener: Listener | None, export_to: Path | None) -> Solved:
    began = time.monotonic()
    check_finite(instance)
    _tell(listener, "building the model", began)
    model = extensive_form(instance.awards, instance.structure, instance.futures, instance.tail_alpha)
    form = standard_form(model)
    if export_to is not None:
        export(form, export_to)
    left = max(options.time_limit - (time.monotonic() - began), 1.0)
    raw = solve_form(form, replace(options, time_limit=left), listener)
    if raw.termination == "infeasible":
        raw = _second_opinion(form, options, listener)
    if raw.values is None:
        raise KeyboardInterrupt if raw.termination == "interrupted" else no_plan(raw)
    values, termination = raw.values, raw.termination
    if termination != "interrupted":
        try:
            _tell(listener, "polishing the plan", began)
            values = polish(form, values)
            _load(form, values)
            values = tidy_awards(model, form, instance, values)
        except KeyboardInterrupt:
            termination = "interrupted"
    _load(form, values)
    violation = check_point(form, values)
    if violation > TOLERANCE:
        raise SolverError(f"the plan breaks a constraint by {violation:.2g} of its size; it is not reported.")
    objective = float(form.cost @ values + form.offset)
    certified = -np.inf if raw.row_duals is None else safe_bound(form, raw.row_duals)
    bound, origin = best_proof(min(raw.bound, objective), certified, form)
    seconds = time.monotonic() - began
    return Solved(read_outcome(model), termination, objective, bound, seconds, violation, (), certified, origin)


def best_proof(bound: float, certified: float, form: StandardForm) -> tuple[float, str]:
    """The bound to report and where it comes from: what weak duality proves, if that is as good as all of it.

    With whole columns left to decide it is the solver's search that proves the bound, and nothing certifies that.
    """
    decided = form.whole & (form.upper > form.lower)
    if not decided.any() and bound - certified <= CERTIFIED_GAP * max(1.0, abs(bound)):
        return min(bound, certified), CERTIFIED
    return bound, SOLVER_CLAIMED


def no_plan(raw: RawSolution) -> NoPlanError:
    """The error that says why there is no plan."""
    if raw.termination == "infeasible":
        return NoPlanError(
            "There is no plan that meets every hard condition. Look first at hard targets (targets.csv), at what is "
            "committed (contracts.csv, programmes.csv) and at limits on routes and stocks; make a target 'priced' to "
            "see by how much it is missed.",
            infeasible=True,
        )
    known = np.isfinite(raw.bound) and abs(raw.bound) < 0.5 * SUPPLY_COST_BOUND
    bound = f"no plan can cost less than {raw.bound:,.0f} musd" if known else "no bound is known either"
    return NoPlanError(
        f"Stopped ({raw.termination.replace('_', ' ')}) before a plan was found; {bound}. There may be one: try a "
        "longer time limit, fewer futures or price paths, or a wider gap.",
        infeasible=False,
    )


def _second_opinion(form: StandardForm, options: Options, listener: Listener | None) -> RawSolution:
    """Infeasibility is believed only if a run without presolve and with another seed agrees."""
    again = replace(options, presolve=False, seed=options.seed + 1, stage="checking infeasibility")
    return solve_form(form, again, listener)


def polish(form: StandardForm, values: FloatArray) -> FloatArray:
    """Whole numbers made exact and everything else re-optimised as an LP at a tight tolerance.

    Returns the rounded point unchanged if the LP does not confirm it. Raises KeyboardInterrupt on Ctrl-C.
    """
    exact = np.where(form.whole, np.round(values), values)
    lower = np.where(form.whole, exact, form.lower)
    upper = np.where(form.whole, exact, form.upper)
    fixed = solve_form(form.with_bounds(lower, upper, relaxed=True), Options(stage="polishing the plan"))
    if fixed.termination == "interrupted":
        raise KeyboardInterrupt
    return exact if fixed.values is None else np.clip(fixed.values, lower, upper)


def tidy_awards(model: Any, form: StandardForm, instance: Instance, values: FloatArray) -> FloatArray:
    """The cheapest strikes and financing for the plants, stock and deliveries of this plan.

    The gap of the whole model is measured against the cost of all supply, which leaves room for strikes and support
    dearer than needed. What supply depends on (plants, purchases of tonnes, stock) is kept, the rest of the award
    layer is solved again on its own, to a gap of its own. The result is at least as good. Raises KeyboardInterrupt on
    Ctrl-C.
    """
    awards = award_model(instance.awards)
    into = instance.awards.contracts.purchase_into
    for option, variable in awards.build.items():
        variable.setlb(round(model.build[option].value))
        variable.setub(round(model.build[option].value))
    for tranche, variable in awards.purchase_rate.items():
        variable.setlb(model.purchase_rate[tranche].value)
        variable.setub(model.purchase_rate[tranche].value)
    for offer in awards.OFFER:
        if offer[0] in into:
            awards.signed[offer].setlb(round(model.signed[offer].value))
            awards.signed[offer].setub(round(model.signed[offer].value))
            awards.volume[offer].setlb(model.volume[offer].value)
            awards.volume[offer].setub(model.volume[offer].value)
    awards.cost = pyo.Objective(expr=award_cost(awards))
    part = standard_form(awards)
    raw = solve_form(part, Options(gap=1e-6, time_limit=30.0, stage="tidying the awards"))
    if raw.termination == "interrupted":
        raise KeyboardInterrupt
    if raw.values is None:
        return values
    _load(part, polish(part, raw.values))
    position = {id(column): i for i, column in enumerate(form.columns)}
    better = values.copy()
    for component in awards.component_objects(pyo.Var, descend_into=True):
        own = model.find_component(component)
        for index, variable in component.items():
            where = position.get(id(own[index]))
            if where is not None and variable.value is not None:
                better[where] = variable.value
    improved = float(form.cost @ better) <= float(form.cost @ values) + 1e-9
    return better if improved and check_point(form, better) <= TOLERANCE else values


def _load(form: StandardForm, values: FloatArray) -> None:
    for column, value in zip(form.columns, values.tolist(), strict=True):
        column.set_value(value, skip_validation=True)


def _tell(listener: Listener | None, stage: str, began: float) -> None:
    if listener is not None:
        listener(Progress(stage, None, None, None, time.monotonic() - began))
