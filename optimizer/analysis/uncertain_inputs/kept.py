"""A plan that stays as it is while an input takes another value: what it then costs, and who no longer agrees to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimizer.analysis.alone import Outlook
from optimizer.analysis.standing import ContractTerms
from optimizer.analysis.uncertain_inputs.depends import Touched, only_finance, only_supply, redrawn
from optimizer.data import Case
from optimizer.data.row import Row
from optimizer.data.schema import TABLES
from optimizer.engine import Outcome
from optimizer.engine.variations.open_supply import OpenSupply, SupplyCosts, award_values
from optimizer.errors import ReconciliationError
from optimizer.instance import Instance, programme_numbers
from optimizer.instance.contracts import contract_numbers
from optimizer.instance.futures import future_numbers
from optimizer.instance.plants import private_entry
from optimizer.instance.stock import stock_plan_numbers
from optimizer.instance.structure import supply_structure
from optimizer.instance.support import support_numbers
from optimizer.results.pots import programmes_table
from optimizer.scenarios import Draws, draw
from optimizer.terms.finance import cvar

SLACK = 1e-6
"""A limit counts as kept if it is passed by no more than this share of it (or musd, kt), as the search counts it."""
RECONCILED = 1e-6


@dataclass(frozen=True)
class Kept:
    """The plan at one set of values.

    ``cost``, ``outlay`` (expected net public outlay) and ``shortage`` (expected, not weighted) in musd, if all that was
    promised is done and every plant of the plan is built. ``broken`` says who or what no longer agrees to that, and
    ``stuck`` what of it keeps the awards from being made as they are. ``left_cost`` is the cost if sponsors answer:
    those for whom the awards are no longer enough do not build, those who need no support build without; it is
    ``cost`` if nothing is broken. ``dropped`` and ``joined`` are those plants.
    """

    cost: float
    outlay: float
    shortage: float
    broken: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    left_cost: float = float("nan")
    dropped: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()


class KeptPlan:
    """A plan of a case, to be worked out again at other values of the inputs.

    A contract covers the share of output that it covered; grants, equity, loans and stock purchases stay what they
    are; private debt and supply answer. ``objective`` is what the search says that the plan costs: raises
    ReconciliationError if it does not come out here.
    """

    def __init__(self, case: Case, draws: Draws, instance: Instance, outcome: Outcome, objective: float) -> None:
        self.case, self.draws, self._instance = case, draws, instance
        self._awards = outcome.awards
        self.builds = {option[0]: int(option[1]) for option, value in outcome.awards["build"].items() if value > 0.5}
        self.unaided = {name for name in self.builds if name in instance.awards.plants.private_entry}
        self._output = instance.awards.contracts.output
        self._supply: OpenSupply | None = None
        self._other_supply: OpenSupply | None = None
        self._supplied: SupplyCosts | None = None
        self._promised: tuple[Instance, Outcome, float, float] | None = None
        self.base = self.at(case, frozenset())
        if abs(self.base.cost - objective) > RECONCILED * max(1.0, abs(objective)):
            raise ReconciliationError(
                f"the plan kept as it is comes to {self.base.cost:,.6f} musd, the search says {objective:,.6f} musd."
            )

    def at(self, case: Case, touched: Touched | None = None) -> Kept:
        """The plan in another case of the same structure; ``touched`` says which figures differ, None that any may.

        Raises CaseError or SettingError if the figures contradict each other.
        """
        fresh = self._promised is None or touched is None
        draws = draw(case) if touched is None or redrawn(touched) else self.draws
        awards_same = not fresh and touched is not None and only_supply(touched)
        supply_same = not fresh and touched is not None and only_finance(touched)
        outlook = None if awards_same else Outlook(self._reduced(case), draws)
        if awards_same and self._promised is not None:
            instance, outcome, award_cost, outlay = self._promised
        else:
            assert outlook is not None
            instance, outcome = self._numbers(outlook)
            award_cost, outlay = self._award_cost(outlook.case, instance, outcome)
        if supply_same and self._supplied is not None:
            supplied = self._supplied
        else:
            if self._promised is not None:
                instance = self._with_supply(case, draws, instance)
            supplied = self._supply_costs(instance, outcome.awards)
        if self._promised is None:
            self._promised, self._supplied = (instance, outcome, award_cost, outlay), supplied
        weight = np.array([future.probability for future in instance.futures])
        cost = award_cost + self._weighted(instance, weight, supplied)
        outlay += float(weight @ supplied.payment_not_due)
        kept = Kept(cost, outlay, float(weight @ supplied.shortage), left_cost=cost)
        if outlook is None:
            hard = () if np.isfinite(cost) else ("hard supply targets cannot be met",)
            return replace(kept, broken=hard, stuck=hard)
        return self._answered(case, draws, outlook, instance, outcome, kept)

    def _reduced(self, case: Case) -> Case:
        """The case with no more on offer than the plan takes up; who enters unaided is asked apart."""
        strikes = {offer[0]: offer[2] for offer, value in self._awards["signed"].items() if value > 0.5}
        contracts = [
            Row({**row, "strike_min_usd_per_kg": strikes[row.contract], "strike_max_usd_per_kg": strikes[row.contract]})
            for row in case.rows("contracts")
            if row.contract in strikes
        ]
        given = {(kind, option[0], option[2]) for kind in ("grant", "equity", "loan") for option in self._awards[kind]}
        support = [
            row
            for row in case.rows("support")
            if row.instrument == "debt" or (row.instrument, row.plant, row.programme) in given
        ]
        viability = case.settings.viability.model_copy(update={"private_entry": False})
        rows = {name: case.rows(name) for name in TABLES if case.rows(name)}
        rows |= {"contracts": tuple(contracts), "support": tuple(support)}
        return Case(case.settings.model_copy(update={"viability": viability}), rows)

    def _numbers(self, outlook: Outlook) -> tuple[Instance, Outcome]:
        """Numbers of the plan's awards, and the awards: tonnage follows the planned output."""
        case, paths = outlook.case, outlook.paths
        contracts = contract_numbers(case, paths, outlook.market, outlook.deck, outlook.deck_quarterly, {})
        awards = replace(
            self._instance.awards,
            plants=outlook.plants,
            contracts=contracts,
            support=support_numbers(case, paths, outlook.market, outlook.plants),
            programmes=programme_numbers(case),
            stock=stock_plan_numbers(case, paths, outlook.market),
        )
        instance = self._with_supply(case, None, replace(self._instance, awards=awards))
        volume = {
            offer: tonnes * contracts.output[offer[0], offer[1]] / self._output[offer[0], offer[1]]
            for offer, tonnes in self._awards["volume"].items()
        }
        made = {**self._awards, "volume": volume}
        return instance, Outcome(made, {}, {}, {}, 0.0)

    def _with_supply(self, case: Case, draws: Draws | None, instance: Instance) -> Instance:
        if draws is None:
            return instance
        case = case.in_key_order()
        contracts = self._instance.awards.contracts
        structure = supply_structure(case, contracts.purchase_into)
        starts = {
            c: (contracts.plant[c], tuple(y for name, y in contracts.output if name == c))
            for c in contracts.purchase_into
        }
        futures = future_numbers(case, structure, draws.futures, starts)
        return replace(instance, structure=structure, futures=futures)

    def _award_cost(self, case: Case, instance: Instance, outcome: Outcome) -> tuple[float, float]:
        """What the awards alone cost in the objective, and their expected net outlay, musd."""
        weights = instance.awards.weights
        annuities = instance.awards.plants.capex_annuities
        capex = sum(annuities[plant, start] for plant, start in self.builds.items())
        pots = programmes_table(case, instance, outcome)
        outlay = 0.0 if pots.empty else float(pots["expected_net_musd"].sum())
        missed = sum(cost for _, cost in self._missed_cover(instance))
        return weights["resource"] * capex + weights["outlay"] * outlay + missed, outlay

    def _missed_cover(self, instance: Instance) -> list[tuple[str, float]]:
        """Targets of cover that the planned stock misses: price of the miss, infinite if it must hold."""
        awards, stock = instance.awards, instance.awards.stock
        discount = dict(zip(awards.outlay_years, awards.discount.tolist(), strict=True))
        found = []
        for (name, pile, year), wanted in stock.cover_target.items():
            level = stock.opening[pile]
            for t in range(awards.years[0], year + 1):
                tranche = stock.tranche_of.get((pile, t))
                bought = self._awards["purchase_rate"].get((pile, tranche), 0.0) if tranche is not None else 0.0
                level = level * (1.0 - stock.loss[pile]) + bought
            price = stock.cover_miss_price[name]
            if wanted - level > SLACK * max(1.0, wanted):
                found.append((name, float("inf") if price is None else discount[year] * price * (wanted - level)))
        return found

    def _supply_costs(self, instance: Instance, awards: Any) -> SupplyCosts:
        if self._supply is None:
            self._supply = OpenSupply(self._instance)
        values = award_values(awards)
        for supply in (self._supply, self._other_supply):
            found = supply.costs(instance, values) if supply is not None else None
            if found is not None:
                return found
        self._other_supply = OpenSupply(replace(instance, awards=self._instance.awards))
        found = self._other_supply.costs(instance, values)
        assert found is not None
        return found

    def _weighted(self, instance: Instance, probability: Any, supplied: SupplyCosts) -> float:
        if not np.all(np.isfinite(supplied.total)):
            return float("inf")
        tail = instance.awards.weights["tail"]
        total = float(probability @ supplied.total)
        return total + (tail * float(cvar(supplied.total, probability, instance.tail_alpha)) if tail > 0.0 else 0.0)

    def _answered(
        self, case: Case, draws: Draws, outlook: Outlook, instance: Instance, outcome: Outcome, kept: Kept
    ) -> Kept:
        """The same with who no longer agrees, and what is left of the plan."""
        entered = {}
        if case.settings.viability.private_entry:
            entered = private_entry(case.in_key_order(), outlook.plants, outlook.paths.weight)
        leaving, others = self._leaving(outlook, entered)
        dropped = tuple(leaving)
        joined = tuple(sorted(set(entered) - set(self.builds)))
        unneeded = sorted(name for name in entered if name in self.builds and name not in self.unaided)
        pots = programmes_table(outlook.case, instance, outcome)
        most = {pot["programme"]: pot["budget_musd"] * (1.0 + SLACK) + SLACK for pot in pots.to_dict("records")}
        over = [pot["programme"] for pot in pots.to_dict("records") if pot["scored_musd"] > most[pot["programme"]]]
        hard = [name for name, cost in self._missed_cover(instance) if not np.isfinite(cost)]
        stuck = [words for plant, words in leaving.items() if plant not in self.unaided]
        stuck += [f"pot {name} is overspent" for name in over]
        stuck += [f"target {name} is missed" for name in dict.fromkeys(hard)]
        stuck += [] if np.isfinite(kept.cost) else ["hard supply targets cannot be met"]
        broken = [*stuck, *(words for plant, words in leaving.items() if plant in self.unaided), *others]
        broken += [f"{name} needs no award" for name in unneeded]
        broken += [f"{name} is built unaided too" for name in joined]
        if not broken:
            return kept
        left = kept.cost
        if dropped or joined or unneeded:
            left = self._left(case, draws, outlook, dropped, {name: entered[name] for name in [*joined, *unneeded]})
        return replace(kept, broken=tuple(broken), stuck=tuple(stuck), left_cost=left, dropped=dropped, joined=joined)

    def _leaving(self, outlook: Outlook, entered: dict[str, int]) -> tuple[dict[str, str], list[str]]:
        """Plants that are not built because their sponsor or lender no longer agrees, each with the reason in words.

        And, in words, which plants would be given more than the cap on compensation allows.
        """
        out: dict[str, str] = {}
        rich: list[str] = []
        for plant, start in sorted(self.builds.items()):
            if plant in entered:
                continue
            standing = outlook.alone(plant, start).standing(
                [
                    ContractTerms.of(row, strike=row.strike_max_usd_per_kg, share=self._share(row.contract))
                    for row in outlook.case.rows("contracts")
                    if row.plant == plant
                ],
                support=[
                    (outlook.case.row("support", plant, kind, option[2]), amount)
                    for kind in _MONEY
                    for option, amount in self._awards[kind].items()
                    if option[0] == plant
                ],
            )
            if standing.slack > -SLACK * max(1.0, outlook.plants.capex[plant, start]):
                continue
            if standing.fails == ("no_over_compensation",):
                rich.append(f"{plant} is over-compensated")
                continue
            reason = _REASONS.get(next(iter(standing.fails), ""), "its conditions are not met")
            out[plant] = f"{plant} is not built unaided: {reason}" if plant in self.unaided else f"{plant}: {reason}"
        needs = {row.plant: row.requires for row in outlook.case.rows("plants") if row.requires is not None}
        while more := [plant for plant in self.builds if plant not in out and needs.get(plant) in out]:
            out |= {plant: f"{plant} lacks {needs[plant]}" for plant in more}
        return out, rich

    def _share(self, contract: str) -> float:
        volumes = {offer: v for offer, v in self._awards["volume"].items() if offer[0] == contract}
        full = self._output[contract, next(iter(volumes))[1]]
        return min(sum(volumes.values()) / full, 1.0)

    def _left(
        self, case: Case, draws: Draws, outlook: Outlook, dropped: Sequence[str], entering: dict[str, int]
    ) -> float:
        """Cost of what is left when sponsors answer: ``entering`` maps plants that build unaided to their start."""
        gone = {*dropped, *entering}
        plant_of = {row.contract: row.plant for row in case.rows("contracts")}
        awards = {
            name: {key: value for key, value in table.items() if not _belongs(name, key, gone, plant_of)}
            for name, table in self._awards.items()
        }
        awards["build"] = {**awards["build"], **{(plant, start): 1.0 for plant, start in entering.items()}}
        other = object.__new__(KeptPlan)
        other.__dict__.update(self.__dict__)
        other._awards = awards
        other.builds = {option[0]: int(option[1]) for option, value in awards["build"].items() if value > 0.5}
        remaining = Outlook(other._reduced(case), draws)
        instance, outcome = other._numbers(remaining)
        award_cost, _ = other._award_cost(remaining.case, instance, outcome)
        instance = other._with_supply(case, draws, instance)
        weight = np.array([future.probability for future in instance.futures])
        return award_cost + self._weighted(instance, weight, self._supply_costs(instance, outcome.awards))


_MONEY = ("grant", "equity", "loan")
_REASONS = {
    "expected_return": "the expected return is too low",
    "downside_limit": "the loss in bad years is too large",
    "debt_service_cover": "debt service is not covered",
    "gearing_limit": "it would owe too much",
    "financing_within_capex": "it would get more than its capex",
    "no_over_compensation": "no terms satisfy both sponsor and the cap on compensation",
}


def _belongs(name: str, key: tuple[Any, ...], plants: Iterable[str], plant_of: dict[str, str]) -> bool:
    """Whether an award is made to one of the plants."""
    if name in ("build", "debt", *_MONEY):
        return key[0] in plants
    return name in ("signed", "volume") and plant_of[key[0]] in plants
