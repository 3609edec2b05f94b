"""For every candidate that is not in the plan: why, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from optimizer.data import Case
from optimizer.engine.variations.forced import ForcedPlan, ForcedPlans
from optimizer.explanation.strikes import NeededStrike, needed_strike
from optimizer.scenarios import Draws
from optimizer.terms.finance import cvar

COLUMNS = (
    "plant",
    "verdict",
    "reason",
    "what_would_change_it",
    "extra_cost_musd",
    "extra_cost_least_musd",
    "extra_cost_most_musd",
    "strike_needed_usd_per_kg",
    "strike_menu_top_usd_per_kg",
    "pot",
    "pot_needs_musd",
    "pot_budget_musd",
    "pot_left_musd",
)


@dataclass
class WhyNot:
    """Answers the question for one solved case; ``rows`` are kept as they are found, so that time may run out."""

    case: Case
    draws: Draws
    plans: ForcedPlans
    rows: list[dict[str, Any]] = field(default_factory=list)
    _instead: dict[str, set[str]] = field(default_factory=dict)

    @property
    def built(self) -> set[str]:
        """Plants of the best plan."""
        return {option[0] for option, value in self.plans.best.outcome.awards["build"].items() if value > 0.5}

    def table(self) -> pd.DataFrame:
        """One row per candidate that is not in the plan, or that needs no support."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))

    def ask_all(self) -> None:
        """Fill ``rows``. Raises TimeoutError at the deadline of ``plans``."""
        awards = self.plans.parts.instance.awards
        for plant in awards.candidates:
            if plant in awards.plants.private_entry:
                start = awards.plants.private_entry[plant]
                self._add(
                    plant, "built unaided", f"its sponsor needs no support: it starts in {start} in every plan", "–"
                )
            elif plant not in self.built:
                self._ask(plant)

    def _add(self, plant: str, verdict: str, reason: str, change: str, **figures: Any) -> None:
        blank = dict.fromkeys(COLUMNS[4:], np.nan) | {"pot": None}
        self.rows.append(
            blank | {"plant": plant, "verdict": verdict, "reason": reason, "what_would_change_it": change} | figures
        )

    def _ask(self, plant: str) -> None:
        awards = self.plans.parts.instance.awards
        places = self.plans.places("build", [o for o in awards.build_options if o[0] == plant])
        pots = self._pots_of(plant)
        forced = self.plans.at_least(1.0, places) if places else None
        if forced is not None:
            self._too_dear(plant, forced)
            return
        needs = {pot: self.plans.least_use(places, pot) for pot in pots}
        reached = {pot: need for pot, need in needs.items() if need is not None}
        if not reached:
            self._not_viable(plant, pots)
            return
        budget = awards.programmes.budget
        pot = min(reached, key=lambda g: reached[g] - budget[g])
        if reached[pot] > budget[pot]:
            self._pot_too_small(plant, pot, reached[pot])
        else:
            self._add(
                plant,
                "in conflict",
                "it is viable and each pot is large enough, but yearly caps or hard targets leave no room for it",
                "a higher yearly cap, or a target that may be missed at a price",
            )

    def _pots_of(self, plant: str) -> list[str]:
        awards = self.plans.parts.instance.awards
        contracts, support = awards.contracts, awards.support
        named = {contracts.programme[c] for c, _ in contracts.output if contracts.plant[c] == plant}
        for limits in (support.grant_limit, support.equity_limit, support.loan_limit):
            named |= {option[2] for option in limits if option[0] == plant}
        return sorted(named)

    def _too_dear(self, plant: str, forced: ForcedPlan) -> None:
        awards = self.plans.parts.instance.awards
        with_it = {option[0] for option, value in forced.outcome.awards["build"].items() if value > 0.5}
        product = self.case.row("plants", plant).product
        alike = sorted(p for p in self.built if self.case.row("plants", p).product == product)
        gone, come = sorted(self.built - with_it), sorted(with_it - self.built - {plant})
        extra = forced.cost - self.plans.best.objective
        clear = forced.least > 0.0
        words = f"a plan with it costs {extra:,.1f} musd more ({forced.least:,.1f} to {forced.most:,.1f})"
        if not clear:
            words = (
                f"a toss-up: a plan with it costs {extra:+,.1f} musd, which the gap of the search cannot tell from none"
            )
        if gone:
            words += f"; it would stand in for {', '.join(gone)}"
        if come:
            words += f"; {', '.join(come)} would come with it"
        served = [p for p in alike if p not in awards.plants.private_entry]
        if plant not in self._without(product, served):
            served = []
        verdict = "costs more than it saves" if clear else "as good as the plan"
        if served and clear:
            verdict = "another serves the need"
            words += f"; without {', '.join(served)}, of the same product, it would be in"
        elif alike and not gone:
            words += f"; beside {', '.join(alike)}, of the same product"
        start = next(o for o, value in forced.outcome.awards["build"].items() if o[0] == plant and value > 0.5)
        own = awards.weights["resource"] * awards.plants.capex_annuities[start]
        change = f"a cost {max(extra, 0.0):,.1f} musd lower over the horizon"
        if 0.0 < extra < own:
            change += f": {100.0 * extra / own:.0f} % off its capital and fixed cost of {own:,.1f} musd then"
        elif extra >= own > 0.0:
            change += f", which is more than its capital and fixed cost then ({own:,.1f} musd)"
        figures = {
            "extra_cost_musd": extra,
            "extra_cost_least_musd": forced.least,
            "extra_cost_most_musd": forced.most,
        }
        self._add(plant, verdict, words, change, **figures)

    def _without(self, product: str, chosen: list[str]) -> set[str]:
        """Plants of the best plan that does without the supported plants that make this product."""
        if product not in self._instead:
            awards = self.plans.parts.instance.awards
            places = self.plans.places("build", [o for o in awards.build_options if o[0] in chosen])
            plan = self.plans.none_of(places) if places else None
            built = {} if plan is None else plan.outcome.awards["build"]
            self._instead[product] = {option[0] for option, value in built.items() if value > 0.5}
        return self._instead[product]

    def _pot_too_small(self, plant: str, pot: str, need: float) -> None:
        budget = self.plans.parts.instance.awards.programmes.budget[pot]
        left = budget - self.plans.used[pot]
        self._add(
            plant,
            "pot too small",
            f"it needs at least {need:,.1f} musd of {pot}, which has {budget:,.1f} ({left:,.1f} left by the plan)",
            f"{need - budget:,.1f} musd more in {pot} make it possible; a solve with that pot says if it is worth it",
            pot=pot,
            pot_needs_musd=need,
            pot_budget_musd=budget,
            pot_left_musd=left,
        )

    def _not_viable(self, plant: str, pots: list[str]) -> None:
        awards = self.plans.parts.instance.awards
        options = [o for o in awards.plants.npv if o[0] == plant]
        best = max(options, key=lambda o: float(awards.path_weight @ awards.plants.npv[o]))
        expected = float(awards.path_weight @ awards.plants.npv[best])
        tail = -float(cvar(-awards.plants.npv[best], awards.path_weight, awards.sponsor_alpha))
        limit = -awards.plants.loss_limit[plant] * awards.plants.spend_factor[best] * awards.plants.capex[best]
        alone = (
            f"unaided its net present value is {expected:,.1f} musd expected and {tail:,.1f} musd in the bad tail, "
            f"where its sponsor accepts {limit:,.1f}"
        )
        needed = awards.plants.requires.get(plant)
        if not pots:
            self._add(
                plant,
                "no support on offer",
                f"no pot may support it in its start years; {alone}",
                "a row for it in contracts or support, from a pot that may give it (eligibility)",
            )
            return
        mine = [row for row in self.case.rows("contracts") if row.plant == plant and row.form != "purchase"]
        strikes = [needed_strike(self.case, self.draws, row.contract) for row in mine]
        figures = [s for s in strikes if s.strike is not None]
        if not figures:
            words = f"not even with all the support on offer; {alone}"
            change = "a contract, more support, or lower costs" if not mine else "lower costs: no strike is high enough"
        else:
            words, change = _strike_words(min(figures, key=lambda s: (s.over_cap, s.strike or 0.0)), alone)
        if needed is not None and needed not in self.built:
            words += f"; it also needs {needed}, which is not built"
        lowest = min(figures, key=lambda s: s.strike or 0.0, default=None)
        self._add(
            plant,
            "not viable",
            words,
            change,
            strike_needed_usd_per_kg=np.nan if lowest is None else lowest.strike,
            strike_menu_top_usd_per_kg=np.nan if lowest is None else lowest.menu_top,
        )


def _strike_words(need: NeededStrike, alone: str) -> tuple[str, str]:
    menu = f"the menu of {need.contract} stops at {need.menu_top:g}"
    if need.over_cap:
        words = (
            f"a strike of {need.strike:g} USD/kg would protect it enough ({menu}), but then it gains "
            f"{need.gain_musd:,.1f} musd and its over-compensation cap allows {need.gain_cap_musd:,.1f}; {alone}"
        )
        return words, "a higher over-compensation cap (profit_cap_share), or a contract with more upside share"
    if need.strike is not None and need.strike > need.menu_top:
        return (
            f"at no strike on the menu: it needs {need.strike:g} USD/kg and {menu}; {alone}",
            f"a strike cap of {need.strike:g} USD/kg",
        )
    return (
        f"{need.strike:g} USD/kg would do ({menu}), but not within its pots, yearly caps and other conditions; {alone}",
        "a larger pot",
    )
