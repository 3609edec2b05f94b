"""Fixed awards in a batch of futures and price paths that no plan was made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.analysis.robust.plans import as_outcome
from optimizer.data import Case
from optimizer.engine.values import Values
from optimizer.engine.variations.fixed import FixedAwards
from optimizer.errors import SettingError
from optimizer.instance import Instance, compile_instance
from optimizer.results.awards import sponsor_npv
from optimizer.results.pots import programmes_table
from optimizer.scenarios import Draws, Futures
from optimizer.scenarios.futures import joint_draws

FloatArray = NDArray[np.float64]

KT = 1000.0


@dataclass(frozen=True)
class Sample:
    """What a plan does in a set of futures (arrays of them) and price paths (arrays of those); musd, t.

    ``fixed`` is what it costs whatever happens; ``outlay`` the present value of net public outlay on each path, which
    counts in cost with ``outlay_weight``; ``supply`` the cost of supply. ``supply_without`` and ``fixed_without`` are
    the same with no new awards, in the first so many of the futures. ``unmet`` and ``demand`` are tonnes over the
    horizon by segment. ``pots`` is what promises come to on each path less the budget, ``npv`` the sponsor's net
    present value by plant.
    """

    probability: FloatArray
    weight: FloatArray
    fixed: float
    outlay_weight: float
    outlay: FloatArray
    supply: FloatArray
    fixed_without: float
    supply_without: FloatArray
    unmet: dict[str, FloatArray]
    demand: dict[str, FloatArray]
    pots: dict[str, FloatArray]
    npv: dict[str, FloatArray]


def fresh_sample(
    case: Case, entrants: Mapping[str, int], awards: Mapping[str, Values], *, seed: int, count: int, compared: int
) -> Sample:
    """A plan in ``count`` futures drawn with ``seed``, each with its own price path, all equally likely; in the first
    ``compared`` of them also no new awards.

    A future in which nothing is withheld counts as calm for targets of calm futures: the calm future stands for such
    draws when a plan is made.
    """
    case = everything_on_offer(case)
    joint = joint_draws(case, paths=count, seed=seed)
    futures = tuple(joint.future(i, f"draw-{i}", 1.0 / count) for i in range(count))
    draws = Draws(joint.paths, Futures(joint.time.horizon_years, futures, count, 0.0), seed, ())
    instance = compile_instance(case, draws)
    calm = [not future.withheld for future in futures]
    marked = tuple(replace(future, calm=one) for future, one in zip(instance.futures, calm, strict=True))
    return sample_of(case, replace(instance, futures=marked), entrants, awards, compared)


def everything_on_offer(case: Case) -> Case:
    """The case in which no plant enters unaided, so that every award of any plan exists."""
    return case.set("viability.private_entry", False)


def sample_of(
    case: Case,
    instance: Instance,
    entrants: Mapping[str, int],
    awards: Mapping[str, Values],
    compared: int | None = None,
) -> Sample:
    """A plan in the futures and price paths of an instance, and no new awards in ``compared`` of them, or all.

    Hard targets of supply may be missed, at no cost: the plan was not made for these futures. Raises SettingError if
    the case does not know an award.
    """
    fixed = FixedAwards(_targets_missable(instance), entrants)
    unknown = fixed.missing(awards)
    if unknown:
        raise SettingError(f"The case does not offer what the plan awards: {'; '.join(unknown)}.")
    cost_of = fixed.parts.problem.award_cost
    x, bare = fixed.point(awards), fixed.point({})
    replies = fixed.replies(x, supply=True)
    without = fixed.replies(bare, first=compared)
    numbers, outcome = instance.awards, as_outcome(awards)
    weight = numbers.weights["outlay"]
    outlay = _outlay(case, instance, awards)
    expected = weight * float(numbers.path_weight @ outlay)
    offset = fixed.form.offset
    return Sample(
        probability=fixed.parts.problem.probability,
        weight=numbers.path_weight,
        fixed=float(cost_of @ x) + offset - expected,
        outlay_weight=weight,
        outlay=outlay,
        supply=np.array([reply.value for reply in replies]),
        fixed_without=float(cost_of @ bare) + offset,
        supply_without=np.array([reply.value for reply in without]),
        unmet={segment: KT * tonnes for segment, tonnes in fixed.unmet(replies).items()},
        demand=_demand(instance),
        pots=_pots(case, instance, awards),
        npv={str(option[0]): sponsor_npv(instance, outcome, str(option[0])) for option in sorted(awards["build"])},
    )


def _targets_missable(instance: Instance) -> Instance:
    structure = instance.structure
    free = {name: replace(one, miss_price=one.miss_price or 0.0) for name, one in structure.share_limits.items()}
    served = {name: replace(one, miss_price=one.miss_price or 0.0) for name, one in structure.service_levels.items()}
    return replace(instance, structure=replace(structure, share_limits=free, service_levels=served))


def _outlay(case: Case, instance: Instance, awards: Mapping[str, Values]) -> FloatArray:
    """Net public outlay on each price path, musd: contracts as they pay there, all else as expected."""
    numbers = instance.awards
    paid = np.zeros(len(numbers.path_weight))
    for offer, volume in awards["volume"].items():
        paid = paid + volume * numbers.contracts.outlay[offer]
    if not numbers.programmes.budget:
        return paid
    table = programmes_table(case.in_key_order(), instance, as_outcome(awards))
    rest = float(table["expected_net_musd"].sum()) - float(numbers.path_weight @ paid)
    out: FloatArray = paid + rest
    return out


def _pots(case: Case, instance: Instance, awards: Mapping[str, Values]) -> dict[str, FloatArray]:
    """What each pot's promises come to on each price path beyond its budget, musd."""
    numbers = instance.awards
    if not numbers.programmes.budget:
        return {}
    table = programmes_table(case.in_key_order(), instance, as_outcome(awards)).set_index("programme")
    out = {}
    for pot, row in table.iterrows():
        face = sum(row[name] for name in ("grants_scored_musd", "equity_scored_musd", "loans_scored_musd"))
        paid = np.zeros(len(numbers.path_weight))
        for offer, volume in awards["volume"].items():
            if numbers.contracts.programme[offer[0]] == pot:
                paid = paid + volume * numbers.contracts.outlay[offer]
        if paid.any():
            out[str(pot)] = np.maximum(paid, 0.0) + face + row["stock_scored_musd"] - row["budget_musd"]
    return out


def _demand(instance: Instance) -> dict[str, FloatArray]:
    out: dict[str, FloatArray] = {}
    for i, future in enumerate(instance.futures):
        for (key, _), amount in future.demand.items():
            out.setdefault(str(key[1]), np.zeros(len(instance.futures)))[i] += KT * amount
    return out
