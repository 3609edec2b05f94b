"""What a plant is worth to the public: plans in which it is simply there, beside plans that do without it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from pyomo.common.log import LoggingIntercept

from optimizer.engine.cutting_planes import search
from optimizer.engine.decomposed import finished
from optimizer.engine.extensive import Solved
from optimizer.engine.form import StandardForm
from optimizer.engine.master import Master
from optimizer.engine.oracles.cuts import Cut
from optimizer.engine.state import Search
from optimizer.engine.variations.forced import ForcedPlans
from optimizer.errors import SolverError

CONDITIONS = ("expected_return", "downside_limit", "no_over_compensation")


@dataclass
class PlantPlans:
    """Plans with one plant given, or without it, or without some of its contracts; every cut learnt is used again.

    Each is None if there is no such plan, and TimeoutError is raised at the deadline of ``plans``.
    """

    plans: ForcedPlans
    _learnt: list[Cut] = field(default_factory=list)

    def given(self, plant: str) -> Solved | None:
        """The best plan in which the plant is built, whatever its sponsor says, and gets no support at all."""
        awards = self.plans.parts.instance.awards
        built = self.plans.places("build", [o for o in awards.build_options if o[0] == plant])
        if not built:
            return None
        form = self._released(plant, [f"{name}[{plant}]" for name in CONDITIONS])
        none = self._support(plant)
        upper = form.upper.copy()
        upper[none] = np.minimum(upper[none], 0.0)
        form = replace(form, upper=upper)
        return self._best(form, [Cut(None, 1.0, np.array(built, dtype=np.int64), -np.ones(len(built)))])

    def without(self, plant: str) -> Solved | None:
        """The best plan in which the plant is not built, nor any contract with it held to be agreed already."""
        awards = self.plans.parts.instance.awards
        places = self.plans.places("build", [o for o in awards.build_options if o[0] == plant])
        return self._none_of(self._released(plant, []), places)

    def below(self, contract: str, strike: float) -> Solved | None:
        """The best plan that signs a contract at no strike but those under ``strike``, USD/kg, if at all."""
        offers = self.plans.parts.instance.awards.contracts.offers
        places = self.plans.places("signed", [o for o in offers if o[0] == contract and o[2] >= strike])
        return self._none_of(self.plans.parts.problem.form, places)

    def _released(self, plant: str, names: list[str]) -> StandardForm:
        contracts = self.plans.parts.instance.awards.contracts
        committed = [f"committed_contract_signed[{c}]" for c, owner in contracts.plant.items() if owner == plant]
        return _without_rows(self.plans.parts.problem.form, [*names, *committed])

    def _none_of(self, form: StandardForm, places: Sequence[int]) -> Solved | None:
        upper = form.upper.copy()
        upper[list(places)] = 0.0
        return self._best(replace(form, upper=upper), [])

    def _support(self, plant: str) -> list[int]:
        contracts = self.plans.parts.instance.awards.contracts
        offers = [o for o in contracts.offers if contracts.plant[o[0]] == plant]
        places = self.plans.places("signed", offers) + self.plans.places("volume", offers)
        for instrument in ("grant", "equity", "loan"):
            component = getattr(self.plans.parts.model, instrument)
            places += self.plans.places(instrument, [o for o in component if o[0] == plant])
        return places

    def _best(self, form: StandardForm, rows: list[Cut]) -> Solved | None:
        try:
            return self._search(form, [*self.plans.run.master.pool, *self._learnt], rows)
        except SolverError:
            # So many cuts can be more than the LP bears; from none it takes longer.
            return self._search(form, [], rows)

    def _search(self, form: StandardForm, kept: list[Cut], rows: list[Cut]) -> Solved | None:
        plans = self.plans
        left = plans.deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        began, problem = time.monotonic(), replace(plans.parts.problem, form=form)
        master = Master(form, problem.tails)
        master.keep([*kept, *rows])
        known = len(master.pool)
        with LoggingIntercept(module="pyomo"):
            run = Search(problem, master, replace(plans.options, time_limit=min(left, plans.options.time_limit)))
            search(run)
            self._learnt += [cut for cut in master.pool[known:] if cut.column is not None]
            if run.termination == "interrupted":
                raise KeyboardInterrupt
            if run.best is None:
                if run.termination == "infeasible":
                    return None
                raise TimeoutError
            return finished(replace(plans.parts, problem=problem), run, began)


def _without_rows(form: StandardForm, names: Sequence[str]) -> StandardForm:
    kept = np.array([name not in names for name in form.row_names])
    return replace(
        form,
        matrix=form.matrix[kept, :].tocsc(),
        row_lower=form.row_lower[kept],
        row_upper=form.row_upper[kept],
        row_names=tuple(name for name, stays in zip(form.row_names, kept, strict=True) if stays),
    )
