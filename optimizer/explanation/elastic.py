r"""The elastic form of a case: every hard target may be missed at one musd per kt, and nothing else costs anything.

.. math:: \min \sum_w \pi_w \sum_{n,t} \Delta_t \, \mu_{nt}

It always has a plan, unless what is committed already cannot be, and the case has one exactly if the least miss is
zero. Source: J. W. Chinneck, Feasibility and Infeasibility in Optimization (2008), chapter 6.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from pyomo.common.log import LoggingIntercept

from optimizer.data import Case
from optimizer.data.schema import TABLES
from optimizer.engine import Decomposed, Master, Options, Search, decompose, revised, search
from optimizer.errors import NoPlanError, SolverError
from optimizer.instance import Instance, check_finite, compile_instance
from optimizer.live import NOT_DRAWN
from optimizer.scenarios import Draws, draw

NO_MISS = 1e-5
"""Least miss, kt (discounted, expected), up to which every target counts as met: ten kilograms."""
CLOSE = 0.5
"""Relative gap of an elastic solve: enough to tell a miss from none."""


@dataclass
class ElasticCase:
    """Least misses of variations of ``case``; what stays the same between them is kept.

    ``deadline`` is a moment of ``time.monotonic`` after which TimeoutError is raised; ``solves`` counts.
    """

    case: Case
    deadline: float = float("inf")
    solves: int = 0
    _draws: Draws | None = None
    _kept: tuple[Decomposed, Master] | None = field(default=None, repr=False)

    def missed(self, case: Case, unjudged: Iterable[str] = ()) -> float:
        """Least expected discounted miss of all hard targets together, kt; sponsors of ``unjudged`` ask for nothing.

        Infinite if what is committed already cannot be. Raises TimeoutError at the deadline.
        """
        left = self.deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        with LoggingIntercept(module="pyomo"):
            try:
                instance = elastic_instance(without_judgement(self.numbers(case), unjudged))
            except NoPlanError:
                return float("inf")
            if self._kept is None:
                parts = decompose(instance)
                master = Master(parts.problem.form, parts.problem.tails)
            else:
                parts, master, _ = revised(*self._kept, instance)
            self._kept = parts, master
            run = Search(parts.problem, master, Options(gap=CLOSE, time_limit=min(left, 600.0)))
            search(run)
        self.solves += 1
        if run.termination == "time_limit":
            raise TimeoutError
        if run.termination == "interrupted":
            raise KeyboardInterrupt
        if run.best is None:
            committed = instance.awards.contracts.committed or any(instance.awards.programmes.committed.values())
            if committed and run.termination == "infeasible":
                return float("inf")
            raise SolverError("the elastic form of the case was called infeasible, which it cannot be.")
        return max(run.best_cost, 0.0)

    def feasible(self, case: Case, unjudged: Iterable[str] = ()) -> bool:
        """Whether some plan meets every hard target."""
        return self.missed(case, unjudged) <= NO_MISS

    def numbers(self, case: Case) -> Instance:
        """Numbers of a variation, with the scenarios a solve of it would draw."""
        drawn = [table for table in TABLES if table not in NOT_DRAWN]
        same = case.settings == self.case.settings and all(case.rows(t) == self.case.rows(t) for t in drawn)
        if same and self._draws is None:
            self._draws = draw(self.case)
        draws = self._draws if same and self._draws is not None else draw(case)
        instance = compile_instance(case, draws)
        check_finite(instance)
        return instance


def elastic_instance(instance: Instance) -> Instance:
    """The instance with every hard target at a price of one musd per kt missed, and no other cost."""
    awards, structure = instance.awards, instance.structure
    free = dict.fromkeys(awards.weights, 0.0)

    def price(now: float | None) -> float:
        return 1.0 if now is None else 0.0

    return replace(
        instance,
        awards=replace(
            awards,
            weights=free,
            stock=replace(
                awards.stock, cover_miss_price={n: price(p) for n, p in awards.stock.cover_miss_price.items()}
            ),
        ),
        structure=replace(
            structure,
            weights=free,
            share_limits={n: replace(t, miss_price=price(t.miss_price)) for n, t in structure.share_limits.items()},
            service_levels={n: replace(t, miss_price=price(t.miss_price)) for n, t in structure.service_levels.items()},
        ),
    )


def without_judgement(instance: Instance, unjudged: Iterable[str]) -> Instance:
    """The instance with a gain for these plants that no loss outweighs, so that their sponsors agree to anything.

    The over-compensation cap is lifted by as much. Contracts and support that served the sponsor alone are left out,
    because no plan needs them then.
    """
    names = set(unjudged) - set(instance.awards.plants.private_entry)
    if not names:
        return instance
    plants = instance.awards.plants
    npv, cap = dict(plants.npv), dict(plants.npv_cap)
    for option in plants.capex:
        if option[0] in names:
            gift = float(np.max(-npv[option], initial=0.0)) + 1.0
            npv[option], cap[option] = npv[option] + gift, cap[option] + gift
    contracts, support = instance.awards.contracts, instance.awards.support
    offers = tuple(o for o in contracts.offers if contracts.plant[o[0]] not in names or o[0] in contracts.purchase_into)
    offered = {offer[:2] for offer in offers}
    programmes = instance.awards.programmes
    offered_support = (support.grant_limit, support.equity_limit, support.loan_limit)
    serving = {g for limits in offered_support for p, _, g in limits if p in names}
    awards = replace(
        instance.awards,
        plants=replace(plants, npv=npv, npv_cap=cap),
        programmes=replace(
            programmes, committed={g: musd for g, musd in programmes.committed.items() if g not in serving}
        ),
        contracts=replace(
            contracts, offers=offers, output={key: kt for key, kt in contracts.output.items() if key in offered}
        ),
        support=replace(
            support,
            grant_limit={o: musd for o, musd in support.grant_limit.items() if o[0] not in names},
            equity_limit={o: musd for o, musd in support.equity_limit.items() if o[0] not in names},
            loan_limit={o: musd for o, musd in support.loan_limit.items() if o[0] not in names},
        ),
    )
    return replace(instance, awards=awards)
