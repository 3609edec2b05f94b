"""Whether a plant enters the plan, at which strike, and why or why not."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.analysis.answer import Solves, in_words
from optimizer.analysis.break_even.needs import Need, in_fault
from optimizer.analysis.break_even.worth import Worths
from optimizer.data import Case
from optimizer.engine import solve_cuts
from optimizer.errors import NoPlanError
from optimizer.instance import compile_instance
from optimizer.instance.contracts import strike_menu
from optimizer.scenarios import Draws


@dataclass
class Entering:
    """Asks full solves at which strike a plant enters, and words the verdict on each row of the table."""

    case: Case
    draws: Draws
    worths: Worths
    solves: Solves
    tell: Callable[[str], None]
    _stays: dict[str, bool | None] = field(default_factory=dict)
    _enters: dict[str, bool] = field(default_factory=dict)

    def ask(self, row: Mapping[str, Any], need: Need | None) -> None:
        """Ask what a row leaves open: whether a plant of the plan would stay in at lower strikes; whether one that is
        worth a strike above its menu would enter at it."""
        if need is None:
            return
        plant, contract = need.alone.plant, need.row.contract
        signed = self.worths.signed.get(contract)
        if signed is not None:
            only_way = self._only_way(need) and not _viable_below(need, signed)
            self._stays[contract] = False if only_way else self.worths.below(plant, contract, signed)
        elif plant not in self.worths.built and _above_menu(need) and not _worth_less(row):
            self._enters[contract] = self._with_menu(need)

    def _only_way(self, need: Need) -> bool:
        """Whether this contract is all that the plant may get, so that what holds of it alone holds in every plan."""
        plant = need.alone.plant
        support = [r for r in self.case.rows("support") if r.plant == plant and r.instrument != "debt"]
        return not support and sum(r.plant == plant for r in self.case.rows("contracts")) == 1

    def _with_menu(self, need: Need) -> bool:
        """Whether the plant is in the best plan if the strike it needs is the only one on the menu."""
        plans, tick = self.worths.plans, need.tick
        rows = [dict(row) for row in self.case.rows("contracts")]
        for row in rows:
            if row["contract"] == need.row.contract:
                row |= {"strike_min_usd_per_kg": tick, "strike_max_usd_per_kg": tick}
        left = plans.deadline - time.monotonic()
        if left <= 0.0:
            raise TimeoutError
        question = f"{need.row.contract} at {tick:g} USD/kg only"
        self.tell(question)
        options = replace(plans.options, time_limit=min(left, plans.options.time_limit))
        try:
            solved = solve_cuts(compile_instance(self.case.replace(tables={"contracts": rows}), self.draws), options)
        except NoPlanError as error:
            if error.infeasible:
                return False
            raise TimeoutError from error
        self.solves.add(question, solved)
        return any(o[0] == need.alone.plant and v > 0.5 for o, v in solved.outcome.awards["build"].items())

    def judge(self, row: dict[str, Any], need: Need | None, entered: Mapping[str, int]) -> None:
        """Fill in the strike in the plan, the strike of entry, the verdict and the reason."""
        plant = row["plant"]
        if plant in entered:
            row["verdict"] = "enters unaided"
            row["why"] = f"its sponsor builds it from {entered[plant]} without support, in every plan"
        elif plant in self.worths.built:
            row["verdict"], row["why"] = self._in_plan(row, need)
        else:
            row["verdict"], row["why"] = self._left_out(row, need)

    def _in_plan(self, row: dict[str, Any], need: Need | None) -> tuple[str, str]:
        terms = self.plan_terms(row["plant"])
        if need is None or need.row.contract not in self.worths.signed:
            return "in the plan otherwise", f"built with {terms}"
        contract = need.row.contract
        strike = row["plan_strike_usd_per_kg"] = self.worths.signed[contract]
        if contract not in self._stays:
            return "in the plan", f"built with {terms}"
        if self._stays[contract]:
            return "in the plan", f"built with {terms}; without strikes of {strike:g} and more it stays, on other terms"
        row["enters_strike_usd_per_kg"] = strike
        return "in the plan", f"built with {terms}; without strikes of {strike:g} and more it is left out"

    def plan_terms(self, plant: str) -> str:
        """What the plan gives a plant, in words."""
        awards = self.worths.plans.best.outcome.awards
        numbers = self.worths.plans.parts.instance.awards.contracts
        words = [f"{c} at {k:g} USD/kg" for c, k in self.worths.signed.items() if numbers.plant[c] == plant]
        for instrument in ("grant", "equity", "loan"):
            amount = sum(value for option, value in awards[instrument].items() if option[0] == plant)
            if amount > 0.05:
                words.append(f"{amount:,.1f} musd of {instrument}")
        return in_words(words, none="no support")

    def _left_out(self, row: dict[str, Any], need: Need | None) -> tuple[str, str]:
        value, cost = row["value_musd"], row["support_cost_musd"]
        saves = (
            f"it saves {value:,.1f} musd" if value >= 0.0 else f"even as a gift it costs the plan {-value:,.1f} musd"
        )
        if need is None:
            return self._without_contract(row, "" if math.isnan(value) else saves)
        if need.strike.amount is None:
            missed = in_fault(need.strike.standing)
            return (
                "viable at no strike",
                f"nearest at {need.strike.nearest:,.2f} USD/kg, where it fails by its {missed}",
            )
        strike, pot = need.strike.amount, need.row.programme
        if math.isnan(value):
            return "viable alone", "what it is worth to the plan is not known"
        sums = f"{saves}; its contract at {strike:,.2f} would cost {cost:,.1f}"
        if need.row.form == "purchase":
            return "left out", f"{sums}, less what the tonnes bought are worth"
        if _worth_less(row):
            return "worth less than it needs", sums
        if self._enters.get(need.row.contract):
            row["enters_strike_usd_per_kg"] = need.tick
            return "menu too low", f"{sums}; with {need.tick:g} on offer it is in the plan"
        if row["pot_strike_usd_per_kg"] < strike:
            return "pot too small", f"{sums}; {pot} is used up at {row['pot_strike_usd_per_kg']:,.2f}"
        if row["value_least_musd"] < cost:
            return "toss-up", f"{sums}: within the gap of the search"
        if not row["pot_left_strike_usd_per_kg"] >= strike:
            return "pot spent on others", f"{sums}; what the plan leaves of {pot} is not enough"
        if need.tick is None:
            return "left out", f"{sums}; no strike of the menu is enough and within its over-compensation cap"
        if _above_menu(need):
            return "left out", f"{sums}; its menu stops at {need.row.strike_max_usd_per_kg:g}"
        return "left out", f"{sums}; a yearly cap, or the plant it needs, keeps it out"

    def _without_contract(self, row: Mapping[str, Any], saves: str) -> tuple[str, str]:
        requires = self.case.row("plants", row["plant"]).requires
        if row["stopped_below_by"]:
            fails = f"unaided it fails by its {row['stopped_below_by']}"
            return "no contract on offer", f"{fails}; {saves}" if saves else fails
        alone = f"it needs no support, but {requires}" if requires else "it needs no support"
        return "left out", f"{alone}; {saves}" if saves else alone


def _viable_below(need: Need, strike: float) -> bool:
    """Whether a lower strike of the menu will do at any start year."""
    lower = [k for k in strike_menu(need.row) if k < strike]
    return any(alone.standing(need.terms.at(k)).viable for alone in need.options for k in lower)


def _above_menu(need: Need) -> bool:
    return need.tick is not None and need.tick > need.row.strike_max_usd_per_kg + 1e-9


def _worth_less(row: Mapping[str, Any]) -> bool:
    """Whether the plant saves less than its contract costs, proved by the bounds; also if nothing is known of it."""
    return not row["value_most_musd"] >= row["support_cost_musd"]
