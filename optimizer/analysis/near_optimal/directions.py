"""What plans can be pushed towards, as measures of the award columns: fewest plants, least stock, most in a country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from optimizer.engine.variations.near_optimal import Direction, NearOptimal, NearPlan
from optimizer.engine.variations.widened import Further

FACE = ("grant", "equity", "loan")
KG_PER_T = 1000.0


class Directions:
    """Measures of the plans of one instance."""

    def __init__(self, near: NearOptimal) -> None:
        self.near, self.awards = near, near.plans.parts.instance.awards
        awards = self.awards
        entered = awards.plants.private_entry
        self.options = tuple(option for option in awards.build_options if option[0] not in entered)
        self.plants = tuple(dict.fromkeys(plant for plant, _ in self.options))
        self.contracts = tuple(dict.fromkeys(offer[0] for offer in awards.contracts.offers))
        self.width = len(near.plans.parts.problem.form.cost)

    def of(self, name: str, weights: Mapping[Any, float], **given: Any) -> Direction:
        """A weighted sum of the columns of one variable, e.g. ``build`` with weights by (plant, start year)."""
        pairs = [(place, weights[key]) for key in weights for place in self.near.plans.places(name, [key])]
        places = np.array([place for place, _ in pairs], dtype=np.int64)
        return Direction(places, np.array([weight for _, weight in pairs]), **given)

    def count(self) -> Direction:
        """Plants built with support: candidates beside those that enter unaided."""
        return self.of("build", dict.fromkeys(self.options, 1.0), step=1.0)

    def built(self, plant: str) -> Direction:
        """Whether a plant is built, in any year."""
        return self.of("build", {option: 1.0 for option in self.options if option[0] == plant}, step=1.0)

    def elsewhere(self, regions: Mapping[str, str], region: str, share: float, close: float) -> Direction:
        """Backed capital beyond what makes ``share`` of it be in ``region``: ``share × all − there`` (musd)."""
        capex = self.awards.plants.capex
        there = {o: capex[o] if regions[o[0]] == region else 0.0 for o in self.options}
        return self.of("build", {o: share * capex[o] - there[o] for o in self.options}, close=close)

    def stock_cost(self) -> Direction:
        """Expected present value of stock purchases, musd."""
        awards = self.awards
        discount = dict(zip(awards.outlay_years, awards.discount.tolist(), strict=True))
        cost: dict[tuple[str, int], float] = {}
        for (stock, year), tranche in awards.stock.tranche_of.items():
            spent = awards.stock.price[stock, year] * discount[year]
            cost[stock, tranche] = cost.get((stock, tranche), 0.0) + spent
        return self.of("purchase_rate", cost)

    def stock_tonnes(self, stock: str) -> Direction:
        """Tonnes to be bought for one stockpile over all years."""
        years: dict[tuple[str, int], float] = {}
        for (name, _), tranche in self.awards.stock.tranche_of.items():
            if name == stock:
                years[stock, tranche] = years.get((stock, tranche), 0.0) + KG_PER_T
        return self.of("purchase_rate", years)

    def strike(self, contract: str) -> Direction:
        """The strike of a contract (USD/kg) in plans that sign it."""
        strikes = {offer: offer[2] for offer in self.awards.contracts.offers if offer[0] == contract}
        return self.of("signed", strikes, needs=self.near.plans.places("signed", strikes))

    def expected_charge(self, pot: str) -> Direction:
        """What a pot is charged if contracts count at expected payments, musd: no more than by its scoring rule."""
        awards = self.awards
        weight, programmes = awards.path_weight, awards.programmes
        parts = [
            self.of(
                "volume",
                {
                    offer: float(weight @ awards.contracts.outlay[offer])
                    for offer in awards.contracts.offers
                    if awards.contracts.programme[offer[0]] == pot
                },
            ),
            *(
                self.of(kind, {o: score for o in limits if o[2] == pot})
                for kind, limits, score in (
                    ("grant", awards.support.grant_limit, 1.0),
                    ("equity", awards.support.equity_limit, programmes.equity_score[pot]),
                    ("loan", awards.support.loan_limit, programmes.loan_score[pot]),
                )
            ),
        ]
        stock = self.stock_cost()
        mine = {
            place
            for name, tranche in awards.stock.tranches
            if awards.stock.programme.get(name) == pot
            for place in self.near.plans.places("purchase_rate", [(name, tranche)])
        }
        kept = np.array([place in mine for place in stock.places], dtype=bool)
        parts.append(Direction(stock.places[kept], stock.weights[kept]))
        return Direction(np.concatenate([p.places for p in parts]), np.concatenate([p.weights for p in parts]))

    def pots_used(self) -> tuple[Direction, Further]:
        """The number of pots that any award or purchase draws on."""
        form, awards = self.near.plans.parts.problem.form, self.awards
        pots = list(awards.programmes.budget)
        rows: list[tuple[Any, Any]] = []

        def only_if_used(places: Iterable[int], pot: str, most: float | None = None) -> None:
            at = [place for place in places if form.upper[place] > 0.0]
            if at:
                limit = float(form.upper[at].sum()) if most is None else most
                used = self.width + pots.index(pot)
                rows.append((np.array([*at, used], dtype=np.int64), np.array([*([1.0] * len(at)), -limit])))

        for contract in self.contracts:
            offers = [offer for offer in awards.contracts.offers if offer[0] == contract]
            only_if_used(self.near.plans.places("signed", offers), awards.contracts.programme[contract], 1.0)
        for kind in FACE:
            for option in getattr(awards.support, f"{kind}_limit"):
                only_if_used(self.near.plans.places(kind, [option]), option[2])
        for stock, tranche in awards.stock.tranches:
            only_if_used(self.near.plans.places("purchase_rate", [(stock, tranche)]), awards.stock.programme[stock])
        names = tuple(f"uses {pot}" for pot in pots)
        further = Further(names, np.ones(len(pots)), tuple(rows), np.zeros(len(rows)))
        return Direction(self.width + np.arange(len(pots)), np.ones(len(pots)), step=1.0), further

    def decisions(self, plan: NearPlan) -> dict[str, bool]:
        """Each plant that support could build, and each contract: whether it is in a plan."""
        built = {o[0] for o, value in plan.solved.outcome.awards["build"].items() if value > 0.5}
        signed = {o[0] for o, value in plan.solved.outcome.awards["signed"].items() if value > 0.5}
        out = {f"plant {plant}": plant in built for plant in self.plants}
        return out | {f"contract {contract}": contract in signed for contract in self.contracts}

    def difference(self, plans: Sequence[NearPlan]) -> tuple[Direction, Further]:
        """In how many plants and contracts a plan differs from the nearest of ``plans``, with a minus sign."""
        places = {
            f"plant {plant}": self.near.plans.places("build", [o for o in self.options if o[0] == plant])
            for plant in self.plants
        } | {
            f"contract {contract}": self.near.plans.places(
                "signed", [o for o in self.awards.contracts.offers if o[0] == contract]
            )
            for contract in self.contracts
        }
        rows, sides = [], []
        for plan in plans:
            known = self.decisions(plan)
            # difference ≤ Σ over what it leaves out + Σ over what it has, of (1 − the same)
            at = [place for name in known for place in places[name]]
            signs = [1.0 if known[name] else -1.0 for name in known for _ in places[name]]
            rows.append((np.array([*at, self.width], dtype=np.int64), np.array([*signs, 1.0])))
            sides.append(float(sum(known.values())))
        most = np.array([float(len(places))])
        further = Further(("difference",), most, tuple(rows), np.array(sides))
        return Direction(np.array([self.width]), np.array([-1.0]), step=1.0), further
