"""Which strike a plant would need, on its menu or above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimizer.data import Case
from optimizer.instance import compile_instance
from optimizer.instance.plants import private_debt
from optimizer.scenarios import Draws

HIGHEST = 10.0
"""Strikes are tried up to this multiple of the menu's cap."""
MOST_STRIKES = 300


@dataclass(frozen=True)
class NeededStrike:
    """Lowest strike at which a contract and private debt alone satisfy the sponsor, USD/kg; None if none does.

    ``gain_musd`` is the sponsor's expected net present value then, ``gain_cap_musd`` what the over-compensation cap
    allows (infinite if there is none).
    """

    contract: str
    strike: float | None
    menu_top: float
    gain_musd: float
    gain_cap_musd: float

    @property
    def over_cap(self) -> bool:
        """Whether the strike that protects the sponsor enough would give it more than the cap allows."""
        return self.strike is not None and self.gain_musd > self.gain_cap_musd


def needed_strike(case: Case, draws: Draws, contract: str) -> NeededStrike:
    """The lowest strike that makes the plant of a contract viable, over all its start years; at the largest tonnage."""
    row = case.row("contracts", contract)
    top, low, tick = row.strike_max_usd_per_kg, row.strike_min_usd_per_kg, row.strike_tick_usd_per_kg
    highest = HIGHEST * top
    longer = dict(row) | {
        "strike_max_usd_per_kg": highest,
        "strike_tick_usd_per_kg": tick * max(1.0, np.ceil((highest - low) / tick / MOST_STRIKES)),
    }
    if row.upside_threshold_usd_per_kg != "strike":
        longer["upside_threshold_usd_per_kg"] = max(row.upside_threshold_usd_per_kg, highest)
    awards = compile_instance(case.replace(tables={"contracts": [longer]}), draws).awards
    weight, contracts, numbers = awards.path_weight, awards.contracts, awards.plants
    for offer in sorted(contracts.offers, key=lambda offer: offer[2]):
        option: Any = (row.plant, offer[1])
        volume = contracts.share_max[contract] * contracts.output[contract, offer[1]]
        cash, gain = list(numbers.deck_cash[option]), contracts.deck_gain[offer]
        with_contract = [c + (volume * gain[i] if i < len(gain) else 0.0) for i, c in enumerate(cash)]
        npv = numbers.npv[option] + volume * contracts.sponsor_gain[offer]
        changed = replace(
            numbers, npv={**numbers.npv, option: npv}, deck_cash={**numbers.deck_cash, option: tuple(with_contract)}
        )
        debt = private_debt(changed, option, weight, awards.sponsor_alpha)
        if debt is not None:
            # Debt that costs more than the hurdle rate is taken only as far as it must be: the gain is at least this.
            expected = float(weight @ npv) + min(numbers.debt_gain[option], 0.0) * debt
            return NeededStrike(contract, offer[2], top, expected, numbers.npv_cap[option])
    return NeededStrike(contract, None, top, float("nan"), float("nan"))
