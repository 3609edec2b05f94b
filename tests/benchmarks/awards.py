"""Award pricing: plants, a menu of floors for each, pots scored by CVaR; by cuts and as one model."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo

from models.assemble import award_cost, award_model, master_form
from models.award_numbers import (
    AwardNumbers,
    ContractNumbers,
    PlantNumbers,
    ProgrammeNumbers,
    StockPlanNumbers,
    SupportNumbers,
)
from optimizer.engine.compiled import standard_form
from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import tail_columns, tail_oracles
from optimizer.engine.highs import Options, solve_form
from optimizer.engine.master import Master
from optimizer.engine.oracles.futures import FutureReply
from optimizer.engine.oracles.supply import SupplyOracle
from optimizer.engine.progress import relative_gap
from optimizer.engine.state import CutProblem, Search
from optimizer.terms.finance import discount_factors

TENOR, START = 10, 2028
YEARS = tuple(range(2026, START + TENOR))


@dataclass(frozen=True)
class Priced:
    """Outcome of one method: best cost and bound (musd, nan without a plan), seconds, and why it stopped."""

    objective: float
    bound: float
    seconds: float
    termination: str

    @property
    def gap(self) -> float:
        """Relative gap."""
        return relative_gap(self.objective, self.bound) if np.isfinite(self.objective) else float("inf")


def generate(plants: int = 40, strikes: int = 21, paths: int = 200, pots: int = 5, seed: int = 1) -> AwardNumbers:
    """Invented plants that sell at one price, which reverts to 70 musd/kt; floors from 60 to 100 musd/kt for ten years.

    Each plant is worth a public benefit (a negative capex annuity) if it is built. Mass in kt, money in musd.
    """
    rng = np.random.default_rng(seed)
    deviation = np.zeros((paths, TENOR))
    level = 0.25 * rng.standard_normal(paths)
    for t in range(TENOR):
        deviation[:, t] = level
        level = 0.7 * level + 0.22 * rng.standard_normal(paths)
    price = 70.0 * np.exp(deviation - deviation.var(axis=0) / 2.0)
    operating = range(START, START + TENOR)
    hurdle, public = discount_factors(operating, 0.09, 2026), discount_factors(operating, 0.02, 2026)
    menu = np.linspace(60.0, 100.0, strikes)
    names = [f"plant{i:02d}" for i in range(plants)]
    options = [(name, START) for name in names]
    output, cost = rng.uniform(1.0, 8.0, plants), rng.uniform(40.0, 66.0, plants)
    capex = output * rng.uniform(60.0, 130.0, plants)
    own = price[:, np.newaxis, :] * (1.0 + 0.05 * rng.standard_normal((paths, plants, 1)))
    npv = ((own - cost[:, np.newaxis]) * hurdle).sum(axis=2) * output - capex
    offers = tuple((f"floor{i:02d}", START, float(k)) for i in range(plants) for k in menu)
    paid = {float(k): np.maximum(k - price, 0.0) - 0.2 * np.maximum(price - k, 0.0) for k in menu}
    gain = {k: amount @ hurdle for k, amount in paid.items()}
    outlay = {k: amount @ public for k, amount in paid.items()}
    contracts = {f"floor{i:02d}": i for i in range(plants)}
    budget = rng.uniform(0.7, 1.3, pots) * 130.0 * output.sum() / pots
    return AwardNumbers(
        years=YEARS,
        outlay_years=YEARS,
        discount=discount_factors(YEARS, 0.02, 2026),
        path_weight=np.full(paths, 1.0 / paths),
        sponsor_alpha=0.9,
        plants=PlantNumbers(
            capex=dict(zip(options, capex.tolist(), strict=True)),
            capex_annuities=dict(zip(options, (-output * rng.uniform(10.0, 60.0, plants)).tolist(), strict=True)),
            output=dict(zip(options, output.tolist(), strict=True)),
            npv={option: npv[:, i] for i, option in enumerate(options)},
            spend_factor=dict.fromkeys(options, 1.0),
            loss_limit=dict.fromkeys(names, 0.3),
            npv_cap=dict.fromkeys(options, float("inf")),
            gearing=dict.fromkeys(names, 0.0),
            debt_gain=dict.fromkeys(options, 0.0),
            debt_service=dict.fromkeys(options, ()),
            service_cover=dict.fromkeys(names, 1.3),
            deck_cash=dict.fromkeys(options, ()),
        ),
        contracts=ContractNumbers(
            plant={c: names[i] for c, i in contracts.items()},
            programme={c: f"pot{i % pots}" for c, i in contracts.items()},
            share_min=dict.fromkeys(contracts, 0.5),
            share_max=dict.fromkeys(contracts, 1.0),
            offers=offers,
            output={(c, START): float(output[i]) for c, i in contracts.items()},
            sponsor_gain={o: gain[o[2]] for o in offers},
            outlay={o: outlay[o[2]] for o in offers},
            expected_payment={o: np.zeros(len(YEARS)) for o in offers},
            deck_gain=dict.fromkeys(offers, ()),
        ),
        programmes=ProgrammeNumbers(
            budget={f"pot{g}": float(b) for g, b in enumerate(budget)},
            scoring=dict.fromkeys((f"pot{g}" for g in range(pots)), "cvar"),
            alpha=dict.fromkeys((f"pot{g}" for g in range(pots)), 0.95),
            equity_score=dict.fromkeys((f"pot{g}" for g in range(pots)), 1.0),
            loan_score=dict.fromkeys((f"pot{g}" for g in range(pots)), 1.0),
            yearly_cap=dict.fromkeys((f"pot{g}" for g in range(pots)), None),
        ),
        support=SupportNumbers(),
        stock=StockPlanNumbers(),
        spend_share={option: np.zeros(len(YEARS)) for option in options},
        weights={"resource": 1.0, "shortage": 1.0, "outlay": 0.2, "tail": 0.0, "tariff": 0.0},
    )


def by_cuts(numbers: AwardNumbers, gap: float, time_limit: float) -> Priced:
    """Cutting planes: the size of the MILP does not depend on the number of paths."""
    began = time.perf_counter()
    model = master_form(numbers, {}, 0.9)
    form = standard_form(model, also=tail_columns(model))
    position = {id(column): i for i, column in enumerate(form.columns)}
    built = np.array([position[id(x)] for x in model.build.values()])
    supply = SupplyOracle(np.zeros(0, dtype=np.int64), built, _NoFutures())
    problem = CutProblem(form, tuple(tail_oracles(model, position)), supply, form.cost, np.zeros(0))
    run = Search(problem, Master(form, problem.tails), Options(gap=gap, time_limit=time_limit))
    search(run)
    return Priced(run.best_cost, min(run.bound, run.best_cost), time.perf_counter() - began, run.termination)


def as_one_model(numbers: AwardNumbers, gap: float, time_limit: float) -> Priced:
    """The extensive form: a row per plant or pot and path."""
    began = time.perf_counter()
    model = award_model(numbers)
    model.cost = pyo.Objective(expr=award_cost(model))
    raw = solve_form(standard_form(model), Options(gap=gap, time_limit=time_limit))
    objective = float("nan") if raw.objective is None else raw.objective
    return Priced(objective, raw.bound, time.perf_counter() - began, raw.termination)


class _NoFutures:
    def ask(self, x: np.ndarray, *, supply: bool = False) -> list[FutureReply]:
        return []
