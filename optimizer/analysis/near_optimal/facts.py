"""What is said of each plan: plants, strikes, outlay, pots, stock, where supply comes from, shortage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from optimizer.analysis.near_optimal.directions import FACE
from optimizer.engine import Outcome, Solved
from optimizer.instance import Instance
from optimizer.instance.structure import long_run_price
from optimizer.results.breakdown import breakdown_table, reconcile, terms_of
from optimizer.results.pots import programmes_table
from optimizer.results.supply import supply_table
from optimizer.scenarios import Draws
from optimizer.terms.finance import quantile

USED = 1e-6
"""Musd or kt/yr above which a pot counts as drawn on."""


@dataclass(frozen=True)
class World:
    """The case, its draws and its numbers; ``price`` is the long-run price of each material, USD/kg (0: not traded)."""

    case: Any
    draws: Draws
    instance: Instance
    price: Mapping[str, float]

    @classmethod
    def of(cls, case: Any, draws: Draws, instance: Instance) -> World:
        """With prices read from the case."""
        price = {
            row.material: 0.0 if row.price_series is None else long_run_price(case, row.price_series)
            for row in case.rows("materials")
        }
        return cls(case, draws, instance, price)

    @property
    def regions(self) -> dict[str, str]:
        """Plant → region."""
        return self.instance.structure.plant_region

    def supported(self, outcome: Outcome) -> set[str]:
        """Plants built that do not enter unaided."""
        entered = self.instance.awards.plants.private_entry
        return {o[0] for o, value in outcome.awards["build"].items() if value > 0.5 and o[0] not in entered}

    def strikes(self, outcome: Outcome) -> dict[str, float]:
        """Contracts signed → strike, USD/kg."""
        return {o[0]: o[2] for o, value in sorted(outcome.awards["signed"].items()) if value > 0.5}

    def pots(self, outcome: Outcome) -> list[str]:
        """Pots that any award or stock purchase draws on."""
        awards = self.instance.awards
        used = {o[2] for kind in FACE for o, amount in outcome.awards[kind].items() if amount > USED}
        used |= {awards.contracts.programme[o[0]] for o, amount in outcome.awards["volume"].items() if amount > USED}
        used |= {awards.stock.programme[o[0]] for o, rate in outcome.awards["purchase_rate"].items() if rate > USED}
        return sorted(used)

    def backed(self, outcome: Outcome) -> dict[str, float]:
        """Region → capital cost of the plants built with support, musd."""
        capex = {o[0]: self.instance.awards.plants.capex[o] for o, v in outcome.awards["build"].items() if v > 0.5}
        out: dict[str, float] = {}
        for plant in sorted(self.supported(outcome)):
            out[self.regions[plant]] = out.get(self.regions[plant], 0.0) + capex[plant]
        return out

    def charged(self, outcome: Outcome) -> dict[str, float]:
        """Pot → what it is charged by its scoring rule, musd."""
        pots = self.pot_table(outcome)
        return dict(zip(pots["programme"], pots["scored_musd"].astype(float), strict=True))

    def pot_table(self, outcome: Outcome) -> pd.DataFrame:
        """What pots are charged and pay out; no rows where there are no pots."""
        needed = ["programme", "scored_musd", "stock_scored_musd", "expected_musd"]
        return programmes_table(self.case, self.instance, outcome).reindex(columns=needed)

    def stock_tonnes(self, outcome: Outcome) -> dict[str, float]:
        """Stockpile → tonnes to be bought over all years."""
        rate = outcome.awards["purchase_rate"]
        out: dict[str, float] = {}
        for (stock, _), tranche in self.instance.awards.stock.tranche_of.items():
            out[stock] = out.get(stock, 0.0) + 1000.0 * rate.get((stock, tranche), 0.0)
        return out

    def supply(self, outcome: Outcome) -> pd.DataFrame:
        """The supply table of a plan, with the value of each row at long-run prices (musd)."""
        table = supply_table(self.case, self.instance, self.draws.futures, {"with": outcome})
        value = table["supply_t"].astype(float) * table["material"].map(dict(self.price)).astype(float) / 1000.0
        return table.drop(columns=["plan", "share"]).assign(value_musd=value)

    def outside_values(self, outcome: Outcome) -> dict[str, float]:
        """Region outside the allied ones → what is bought there over the horizon, expected, musd at long-run prices."""
        bloc = {row.region: row.bloc for row in self.case.rows("regions")}
        out: dict[str, float] = {}
        for future in self.instance.futures:
            for (a, b, material, _, _), sent in outcome.recourse[future.name]["flow"].items():
                if bloc[a] != "allied" and bloc[b] == "allied":
                    out[a] = out.get(a, 0.0) + future.probability * sent * self.price[material]
        return out


def plan_row(world: World, solved: Solved, best: Solved, origin: str | None) -> dict[str, Any]:
    """One row of the table of alternatives, without what it was pushed towards.

    Raises ReconciliationError if what the plan costs, term by term, is not its cost.
    """
    instance, outcome = world.instance, solved.outcome
    reconcile(breakdown_table(instance, outcome, None), solved.objective)
    here, there = world.supported(outcome), world.supported(best.outcome)
    pots = world.pot_table(outcome)
    paid = np.zeros(len(instance.awards.path_weight))
    for offer, volume in outcome.awards["volume"].items():
        paid = paid + volume * instance.awards.contracts.outlay[offer]
    weight = instance.awards.path_weight
    outlay = float(pots["expected_musd"].sum()) - float(weight @ paid) + paid
    backed = world.backed(outcome)
    leading = max(backed, key=lambda region: backed[region]) if backed else None
    extra = solved.objective - best.objective
    drawn = world.pots(outcome)
    return {
        "cost_musd": solved.objective,
        "extra_cost_musd": extra,
        "extra_cost_share": extra / abs(best.objective) if best.objective else 0.0,
        "plants": len(here),
        "plants_in": "; ".join(sorted(here - there)),
        "plants_out": "; ".join(sorted(there - here)),
        "plants_built": "; ".join(sorted(here)),
        "strikes_changed": _changed(world.strikes(best.outcome), world.strikes(outcome)),
        "strikes": "; ".join(f"{c} {strike:g}" for c, strike in world.strikes(outcome).items()),
        "net_outlay_musd": outcome.award_costs["net_outlay"],
        "outlay_expected_musd": float(weight @ outlay),
        "outlay_p95_musd": float(quantile(outlay, weight, 0.95)),
        "pots": len(drawn),
        "pots_used": "; ".join(drawn),
        "stock_musd": float(pots["stock_scored_musd"].sum()),
        "capital_backed_musd": sum(backed.values()),
        "leading_region": leading,
        "leading_region_share": backed[leading] / sum(backed.values()) if leading is not None else np.nan,
        **origin_shares(world.supply(outcome), origin),
        "shortage_musd": terms_of(instance, outcome)["shortage"],
    }


def _changed(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """Contracts that are new or signed at another strike, the old one in brackets (USD/kg).

    >>> _changed({"a": 85.0, "b": 30.0}, {"a": 95.0, "c": 27.5})
    'a 95 (85); c 27.5'
    """
    new = {name: strike for name, strike in after.items() if before.get(name) != strike}
    return "; ".join(f"{n} {k:g} ({before[n]:g})" if n in before else f"{n} {k:g}" for n, k in new.items())


def origin_shares(supply: pd.DataFrame, origin: str | None) -> dict[str, float]:
    """Share of one origin in the value of all that is supplied, in calm years and under embargo; NaN if absent."""
    out = {}
    for condition in ("calm", "embargo"):
        part = supply[supply["condition"] == condition]
        total = float(part["value_musd"].sum())
        theirs = float(part.loc[part["origin"] == origin, "value_musd"].sum())
        out[f"origin_{condition}_share"] = theirs / total if origin is not None and total > 0.0 else np.nan
    return out
