"""For every contract, grant, stake, loan and purchase on offer that the plan does not use: why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from optimizer.data import Case
from optimizer.engine.variations.forced import ForcedPlan, ForcedPlans

COLUMNS = (
    "instrument",
    "plant",
    "pot",
    "reason",
    "extra_cost_musd",
    "extra_cost_least_musd",
    "extra_cost_most_musd",
)
TRIAL_SHARE = 0.1
"""Share of the largest yearly purchase at which a stockpile that buys nothing is tried."""


@dataclass
class UnusedInstruments:
    """Answers for one solved case; ``rows`` are kept as they are found, so that time may run out."""

    case: Case
    plans: ForcedPlans
    rows: list[dict[str, Any]] = field(default_factory=list)

    def table(self) -> pd.DataFrame:
        """One row per instrument on offer that the plan does not use."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))

    def ask_all(self) -> None:
        """Fill ``rows``. Raises TimeoutError at the deadline of ``plans``."""
        self._contracts()
        self._support()
        self._purchases()

    def _add(self, instrument: str, plant: str | None, pot: str, reason: str, forced: ForcedPlan | None = None) -> None:
        extra = (np.nan, np.nan, np.nan)
        if forced is not None:
            extra = (forced.cost - self.plans.best.objective, forced.least, forced.most)
            reason += "; it costs more than it saves" if forced.least > 0.0 else "; as good as none, to within the gap"
        self.rows.append(dict(zip(COLUMNS, (instrument, plant, pot, reason, *extra), strict=True)))

    def _standing(self, plant: str) -> str | None:
        """Why a plant that is not built with support is given nothing; None for one that is, or that runs anyway."""
        awards = self.plans.parts.instance.awards
        if plant in awards.plants.private_entry:
            return f"{plant} is built unaided and is offered no support"
        built = {option[0] for option, value in self.plans.best.outcome.awards["build"].items() if value > 0.5}
        if plant in awards.candidates and plant not in built:
            return f"{plant} is not built"
        return None

    def _contracts(self) -> None:
        awards = self.plans.parts.instance.awards
        signed = [o[0] for o, value in self.plans.best.outcome.awards["signed"].items() if value > 0.5]
        for row in self.case.rows("contracts"):
            if row.contract in signed:
                continue
            name = f"{row.form} {row.contract}"
            standing = self._standing(row.plant)
            if standing is not None:
                self._add(name, row.plant, row.programme, standing)
                continue
            places = self.plans.places("signed", [o for o in awards.contracts.offers if o[0] == row.contract])
            forced = self.plans.at_least(1.0, places) if places else None
            others = [c for c in signed if awards.contracts.plant[c] == row.plant]
            if forced is None:
                self._add(
                    name, row.plant, row.programme, "no plan can contain it: it does not fit its pot or its plant"
                )
                continue
            strike = next(o[2] for o, v in forced.outcome.awards["signed"].items() if o[0] == row.contract and v > 0.5)
            instead = f"{', '.join(others)} is signed instead" if others else f"{row.plant} does without a contract"
            self._add(name, row.plant, row.programme, f"{instead}; this one would be at {strike:g} USD/kg", forced)

    def _support(self) -> None:
        awards, outcome = self.plans.parts.instance.awards, self.plans.best.outcome
        outlay = {
            "grant": awards.support.grant_net_outlay,
            "equity": awards.support.equity_net_outlay,
            "loan": awards.support.loan_net_outlay,
        }
        for row in (row for row in self.case.rows("support") if row.instrument != "debt"):
            given = [o for o in outcome.awards[row.instrument] if o[0] == row.plant and o[2] == row.programme]
            if given:
                continue
            reason = self._standing(row.plant)
            if reason is None:
                started = next(o for o, value in outcome.awards["build"].items() if o[0] == row.plant and value > 0.5)
                option = (*started, row.programme)
                reason = f"not on offer for a start in {started[1]}"
                if option in outlay[row.instrument]:
                    each = awards.weights["outlay"] * outlay[row.instrument][option]
                    reason = f"{row.plant} does without it: a musd given adds {each:,.2f} musd to the objective"
            self._add(f"{row.instrument} to {row.plant}", row.plant, row.programme, reason)

    def _purchases(self) -> None:
        stock, bought = self.plans.parts.instance.awards.stock, self.plans.best.outcome.awards["purchase_rate"]
        for name, pot in stock.programme.items():
            places = self.plans.places("purchase_rate", [t for t in stock.tranches if t[0] == name])
            amount = TRIAL_SHARE * stock.rate_limit[name]
            if amount <= 0.0 or not places or any(tranche[0] == name for tranche in bought):
                continue
            forced = self.plans.at_least(amount, places)
            words = f"buying {1000.0 * amount:,.0f} t/yr over one tranche"
            if forced is None:
                self._add(f"purchase for {name}", None, pot, f"no plan has room for {words}")
            else:
                self._add(f"purchase for {name}", None, pot, words, forced)
