"""Sections about the engine: award pricing, supply, other tools, the flagship, building futures, what-ifs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from models.assemble import AwardColumns, add_future
from models.template import supply_template
from optimizer import LiveCase, read_case
from optimizer.engine import Options, solve_cuts
from optimizer.engine.compiled import standard_form
from optimizer.engine.highs import seconds_in_highs
from optimizer.engine.parametric import parametric_form, supply_arrays
from optimizer.instance import compile_instance
from optimizer.scenarios import draw
from tests.benchmarks import awards as pricing
from tests.benchmarks.isolated import isolated
from tests.benchmarks.sections import section, table
from tests.benchmarks.supply.run import measured

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 300.0


def award_pricing(smoke: bool) -> str:
    """Cuts against one model, at one gap."""
    plants, strikes, sizes = (5, 4, (20,)) if smoke else (40, 21, (200, 1000, 10_000))
    rows = []
    for paths in sizes:
        cuts = isolated(_priced, plants, strikes, paths, "cuts")
        one = isolated(_priced, plants, strikes, paths, "one") if paths <= 200 else None
        ratio = "not run" if one is None else f"{one['seconds'] / cuts['seconds']:.0f}"
        if one is not None and one["termination"] != "gap_reached":
            ratio = f"over {ratio}"
        rows.append(
            [
                f"{paths:,}",
                f"{cuts['seconds']:.2f}",
                f"{1000 * cuts['seconds'] / paths:.2f}",
                f"{cuts['gap']:.3%}",
                f"{cuts['peak_mb']:,.0f}",
                "not run" if one is None else f"{one['seconds']:.1f}",
                "" if one is None else (f"{one['gap']:.3%}" if np.isfinite(one["gap"]) else "no plan"),
                "" if one is None else f"{one['peak_mb']:,.0f}",
                ratio,
            ]
        )
    head = ["paths", "cuts s", "ms per path", "gap", "peak MB", "one model s", "gap", "peak MB", "ratio"]
    words = (
        f"{plants} plants, {strikes} strikes each, 5 pots scored by CVaR (invented numbers), to a gap of 0.1 %: "
        f"cutting planes against the extensive form in HiGHS, which is stopped after {LIMIT:.0f} s."
    )
    return section("Award pricing", words, table(head, rows))


def _priced(plants: int, strikes: int, paths: int, method: str) -> dict[str, Any]:
    numbers = pricing.generate(plants=plants, strikes=strikes, paths=paths)
    found = (pricing.by_cuts if method == "cuts" else pricing.as_one_model)(numbers, 1e-3, LIMIT)
    return {"seconds": found.seconds, "gap": found.gap, "termination": found.termination}


def supply(smoke: bool) -> str:
    """Cuts against HiGHS on the whole LP."""
    sizes, limit = ((3,), 3) if smoke else ((20, 100, 500), 100)
    network = {"years": 4, "nodes": 10, "arcs": 24} if smoke else {}
    rows = []
    for futures in sizes:
        size = {**network, "futures": futures}
        found = {"cuts": measured("cuts", size), "cuts, 2 workers": measured("cuts", size, workers=2)}
        if futures <= limit:
            found["simplex"] = measured("monolithic", size, algorithm="simplex")
            found["interior point"] = measured("monolithic", size, algorithm="ipm")
        best = min(_seconds(f) for name, f in found.items() if "cuts" not in name) if futures <= limit else np.nan
        for name, f in found.items():
            off = abs(f["objective"] - found["cuts"]["objective"]) / abs(found["cuts"]["objective"])
            ratio = best / _seconds(f)
            rows.append(
                [str(futures), name, f"{_seconds(f):.1f}", f"{1000 * _seconds(f) / futures:.0f}",
                 f"{f['objective']:,.3f}", f"{off:.0e}", f"{f['peak_mb']:,.0f}",
                 f"{ratio:.1f}" if np.isfinite(ratio) else ""]
            )  # fmt: skip
    head = ["futures", "method", "s", "ms per future", "optimum musd", "off", "peak MB", "ratio to best monolithic"]
    words = (
        "15 years, 40 nodes, 120 arcs, capacity chosen here and now: cutting planes against HiGHS on the LP of all "
        "futures. `off` is the relative distance of the optimum to that of cuts. Memory of workers is not counted."
    )
    return section("Supply", words, table(head, rows))


def _seconds(found: dict[str, Any]) -> float:
    return float(found["build_seconds"]) + float(found["solve_seconds"])


def tools(smoke: bool) -> str:
    """The same problem written in other tools (extra ``bench``)."""
    sizes = (3,) if smoke else (5, 20, 50)
    network = {"years": 4, "nodes": 10, "arcs": 24} if smoke else {}
    names = ("cuts", "monolithic", "pyomo") if smoke else ("cuts", "monolithic", "pyomo", "linopy", "pypsa", "mpi-sppy")
    rows = []
    for futures in sizes:
        base: dict[str, Any] = {}
        for name in names:
            f = measured(name, {**network, "futures": futures})
            base = base or f
            off = abs(f["objective"] - base["objective"]) / abs(base["objective"])
            rows.append(
                [str(futures), f["tool"], f"{f['build_seconds']:.2f}", f"{f['solve_seconds']:.1f}",
                 f"{_seconds(f) / _seconds(base):.1f}", f"{off:.0e}", f"{f['peak_mb']:,.0f}"]
            )  # fmt: skip
    head = ["futures", "tool", "build s", "solve s", "time ÷ ours", "off", "peak MB"]
    words = (
        "The supply problem as each tool's documentation would have it, all with HiGHS 1.16: PyPSA 1.4 (its "
        "stochastic mode), linopy 0.10, plain Pyomo, mpi-sppy 0.14 (extensive form), and the LP straight into HiGHS. "
        "Ours is `cuts`."
    )
    return section("The same supply problem in other tools", words, table(head, rows))


def flagship(smoke: bool) -> str:
    """The whole command at 10,000 paths and 100 futures."""
    case, paths, futures = ("mp-materials", 16, 3) if smoke else ("allied-magnets", 10_000, 100)
    began = time.perf_counter()
    command = [sys.executable, "-m", "optimizer", "solve", case, "--paths", str(paths), "--futures", str(futures),
               "--gap", "0.001", "--quiet", "--json", "--method", "cuts"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    whole = time.perf_counter() - began
    found = json.loads(done.stdout)
    inside = isolated(_inside, case, paths, futures)
    rows = [
        [case, f"{paths:,}", str(futures), f"{whole:.1f}", f"{found['objective_musd']:,.1f}", f"{found['gap']:.3%}",
         f"{inside['draw']:.1f}", f"{inside['compile']:.1f}", f"{inside['solve']:.1f}",
         f"{1 - inside['highs'] / inside['solve']:.0%}",
         f"{1 - inside['highs'] / (inside['draw'] + inside['compile'] + inside['solve']):.0%}",
         f"{inside['peak_mb']:,.0f}"]
    ]  # fmt: skip
    head = ["case", "paths", "futures", "command s", "cost musd", "gap", "draw s", "compile s", "engine s",
            "engine outside HiGHS", "all three outside HiGHS", "peak MB"]  # fmt: skip
    words = (
        "`optimizer solve` from start to printed result, with the run without new awards, on all "
        "processors; then draws, numbers and engine again in one process, where time inside HiGHS can be told apart."
    )
    return section("The flagship", words, table(head, rows))


def _inside(case_name: str, paths: int, futures: int) -> dict[str, Any]:
    case = read_case(case_name).set("scenarios.paths", paths).set("scenarios.futures", futures)
    out: dict[str, Any] = {}
    began = time.perf_counter()
    draws = draw(case)
    out["draw"], began = time.perf_counter() - began, time.perf_counter()
    instance = compile_instance(case, draws)
    out["compile"], began = time.perf_counter() - began, time.perf_counter()
    before = seconds_in_highs()
    solve_cuts(instance, Options(gap=1e-3))
    out["solve"] = time.perf_counter() - began
    out["highs"] = seconds_in_highs() - before
    return out


def build(smoke: bool) -> str:
    """A thousand futures from one template against building each."""
    case, futures, many, each = ("mp-materials", 4, 20, 2) if smoke else ("allied-magnets", 100, 1000, 5)
    found = isolated(_built, case, futures, many, each)
    rows = [
        [case, f"{many:,}", f"{found['template']:.2f}", f"{found['instantiate']:.2f}", f"{found['each']:.2f}",
         f"{found['each'] * many:,.0f}", f"{found['each'] * many / found['instantiate']:,.0f}",
         f"{found['each'] * many / (found['instantiate'] + found['template']):,.0f}"]
    ]  # fmt: skip
    head = ["case", "futures", "template s", "instantiate s", "one by Pyomo s", "all by Pyomo s (est.)", "ratio",
            "ratio with template"]  # fmt: skip
    words = (
        "Costs, limits, right-hand sides and award coefficients of every future by sparse products from one compiled "
        f"template, against building and compiling each in Pyomo (mean of {each}, extrapolated)."
    )
    return section("Building futures", words, table(head, rows))


def _built(case_name: str, futures: int, many: int, each: int) -> dict[str, Any]:
    import pyomo.environ as pyo

    case = read_case(case_name).set("scenarios.paths", 16).set("scenarios.futures", futures)
    instance = compile_instance(case, draw(case))
    began = time.perf_counter()
    template = supply_template(instance.awards, instance.structure, instance.futures)
    form = parametric_form(template.model, template.data, template.block.limits)
    arrays = supply_arrays(form, list(template.award_columns.values()))
    out: dict[str, Any] = {"template": time.perf_counter() - began}
    began = time.perf_counter()
    for w in range(many):
        data = template.values[w % len(template.values)]
        for part in (arrays.cost, arrays.own_cost, arrays.offset, arrays.rhs, arrays.upper):
            part.at(data)
        arrays.linking(data)
    out["instantiate"] = time.perf_counter() - began
    began = time.perf_counter()
    for future in instance.futures[:each]:
        model = pyo.ConcreteModel()
        numbers = instance.awards
        model.build = pyo.Var(list(numbers.build_options), bounds=(0.0, 1.0))
        model.volume = pyo.Var(list(numbers.contracts.offers), bounds=(0.0, 1e3))
        model.purchase_rate = pyo.Var(list(numbers.stock.tranches), bounds=(0.0, 1e3))
        starts: dict[str, tuple[int, ...]] = {}
        for p, y in numbers.build_options:
            starts[p] = (*starts.get(p, ()), y)
        offers = tuple(o for o in numbers.contracts.offers if o[0] in numbers.contracts.purchase_into)
        tranche_of = dict(numbers.stock.tranche_of)
        model.future = pyo.Block()
        award = AwardColumns(model.build, model.volume, model.purchase_rate, starts, tranche_of, offers)
        add_future(model.future, instance.structure, future, award)
        model.cost = pyo.Objective(expr=model.future.supply_cost)
        standard_form(model)
    out["each"] = (time.perf_counter() - began) / each
    return out


def what_if(smoke: bool) -> str:
    """Sweeps of one pot's budget through LiveCase against cold solves."""
    pots = {"mp-materials": ("dod_price_support", 3000.0, 300.0), "us-australia": ("cm_reserve", 1500.0, 50.0)}
    asked = [("mp-materials", "falling", 3, 16, 3)] if smoke else [
        ("mp-materials", "falling", 50, None, None), ("mp-materials", "rising", 50, None, None),
        ("us-australia", "falling", 50, None, None),
    ]  # fmt: skip
    rows = []
    for case, order, points, paths, futures in asked:
        pot, most, least = pots[case]
        found = isolated(_swept, case, pot, most, least, points, paths, futures, order)
        rows.append(
            [case, f"{pot}, {order}", str(points), str(found["plans"]), f"{found['cold']:.2f}", f"{found['live']:.3f}",
             f"{found['cold'] / found['live']:.1f}", f"{found['worst_off']:.0e}"]
        )  # fmt: skip
    head = ["case", "budgets", "points", "different plans", "cold s per point", "LiveCase s per point", "ratio",
            "largest difference"]  # fmt: skip
    words = (
        "The budget of one pot, evenly spaced (`dod_price_support` 300 to 3,000 musd, `cm_reserve` 50 to 1,500 musd), "
        "without the baseline. Cold is a first solve from the case on, mean of 3 of the points. As a budget falls, "
        "bounds carry over, and so does a plan that still fits. Largest difference: relative, to the cold solves' "
        "costs, which like ours are within the gap of 0.1 %."
    )
    return section("What-ifs", words, table(head, rows))


def _swept(
    case_name: str, pot: str, most: float, least: float, points: int, paths: int | None, futures: int | None, order: str
) -> dict[str, Any]:
    case = read_case(case_name)
    if paths is not None and futures is not None:
        case = case.set("scenarios.paths", paths).set("scenarios.futures", futures)
    budgets = np.linspace(most, least, points).round(1)
    budgets = budgets if order == "falling" else budgets[::-1]
    asked = [case.set(f"programmes.{pot}.budget_musd", float(b)) for b in budgets]
    cold, costs = [], {}
    for i in (0, points // 2, points - 1):
        began = time.perf_counter()
        costs[i] = LiveCase(asked[i]).solve(baseline=False).objective_musd
        cold.append(time.perf_counter() - began)
    live = LiveCase(case)
    live.solve(asked[0], baseline=False)
    began = time.perf_counter()
    found = [live.solve(one, baseline=False).objective_musd for one in asked]
    per_point = (time.perf_counter() - began) / points
    worst = max(abs(found[i] - cost) / cost for i, cost in costs.items())
    return {"cold": float(np.mean(cold)), "live": per_point, "worst_off": worst, "plans": len(set(found))}


SECTIONS: dict[str, Callable[[bool], str]] = {
    "award_pricing": award_pricing,
    "supply": supply,
    "tools": tools,
    "flagship": flagship,
    "build": build,
    "what_if": what_if,
}
