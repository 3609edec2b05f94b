"""What each candidate needs on its own: strike, tonnage, tenor; and the money that would do instead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.analysis.alone import Outlook, PlantAlone
from optimizer.analysis.least import (
    CENT,
    Least,
    least_equity,
    least_grant,
    least_loan,
    least_share,
    least_strike,
    least_tenor,
)
from optimizer.analysis.standing import ContractTerms, Standing
from optimizer.data.row import Row
from optimizer.instance.contracts import strike_menu

CONDITION_WORDS = {
    "expected_return": "expected return",
    "downside_limit": "downside",
    "no_over_compensation": "over-compensation cap",
    "debt_service_cover": "debt service cover",
    "gearing_limit": "gearing",
    "financing_within_capex": "financing",
}


@dataclass(frozen=True)
class Need:
    """What one plant needs of one contract, with private debt beside it, at the start year that needs least of all its
    ``options``.

    ``strike`` is to the cent, ``tick`` the lowest strike that will do on the grid of the menu, above its top if it must
    be; both USD/kg, None if there is none. ``shares`` and ``tenors`` are the least that will do at the ``top`` of the
    menu and at the ``tick``; ``stops`` is the condition that fails one cent below the strike.
    """

    alone: PlantAlone
    options: Sequence[PlantAlone]
    terms: ContractTerms
    strike: Least
    tick: float | None
    shares: dict[str, float | None]
    tenors: dict[str, float | None]
    stops: str

    @property
    def row(self) -> Row:
        """The contract as the case states it."""
        return self.terms.row

    @property
    def tonnes(self) -> float:
        """Covered output, t/yr."""
        return 1000.0 * self.terms.share * self.alone.output


def needs(outlook: Outlook, plant: str, contracts: Sequence[Row]) -> list[Need]:
    """One need for each contract on offer to a plant."""
    return [_need(outlook, plant, row) for row in contracts]


def _need(outlook: Outlook, plant: str, row: Row) -> Need:
    found = [(alone, least_strike(alone, ContractTerms.of(row))) for alone in starts(outlook, plant, row.programme)]
    alone, strike = min(found, key=lambda pair: _order(pair[1]))
    terms = ContractTerms.of(row)
    tick = None if strike.amount is None else _tick(alone, terms, strike.amount)
    places = {"top": row.strike_max_usd_per_kg, "tick": tick}
    shares = {k: None if at is None else least_share(alone, terms.at(at)).amount for k, at in places.items()}
    longest = min(alone.row.life_years, 2 * row.tenor_years)
    tenors = {k: None if at is None else least_tenor(alone, terms.at(at), longest).amount for k, at in places.items()}
    short = strike.standing if strike.amount is None else alone.standing(terms.at(max(strike.amount - CENT, 0.0)))
    return Need(alone, [each for each, _ in found], terms, strike, tick, shares, tenors, in_fault(short))


def starts(outlook: Outlook, plant: str, programme: str | None) -> list[PlantAlone]:
    """The plant at each start year in which the programme may support it, or at any if it never may."""
    years = [year for name, year in outlook.plants.capex if name == plant]
    if programme is not None:
        pot = outlook.case.row("programmes", programme)
        years = [year for year in years if pot.first_year <= year <= pot.last_year] or years
    return [outlook.alone(plant, year) for year in years]


def in_fault(standing: Standing) -> str:
    """The condition that is missed most, in words; empty if none is."""
    return CONDITION_WORDS[standing.fails[0]] if standing.fails else ""


def _order(found: Least) -> tuple[bool, float]:
    return (found.amount is None, -found.standing.slack if found.amount is None else found.amount)


def _tick(alone: PlantAlone, terms: ContractTerms, strike: float) -> float | None:
    """The lowest strike on the menu, or on its grid above its top, at which the plant is viable."""
    menu = strike_menu(terms.row)
    for offered in (k for k in menu if k >= strike - 1e-9):
        if alone.standing(terms.at(offered)).viable:
            return offered
    low, step = terms.row.strike_min_usd_per_kg, terms.row.strike_tick_usd_per_kg
    above = max(math.ceil((strike - low) / step - 1e-9), math.floor((menu[-1] - low) / step + 1e-9) + 1)
    grid = round(low + above * step, 6)
    return grid if alone.standing(terms.at(grid)).viable else None


def replacements(outlook: Outlook, plant: str, need: Need | None, instruments: Sequence[str]) -> list[dict[str, Any]]:
    """The grant, equity or loan that alone, with private debt, would make a plant viable: one row each, columns as in
    the table ``replacements``."""
    search = {"grant": least_grant, "equity": least_equity, "loan": least_loan}
    contract_cost = math.nan if need is None else need.strike.standing.expected_outlay
    out = []
    for instrument in instruments:
        options = [need.alone] if need is not None else starts(outlook, plant, None)
        row = options[0].terms(instrument)
        mine = [r for r in outlook.case.rows("support") if r.plant == plant and r.instrument == instrument]
        offered = sum(_limit(r, options[0].row.capex_musd) for r in mine)
        facts: dict[str, Any] = {
            "plant": plant,
            "instrument": instrument,
            "start_year": options[0].start_year,
            "amount_musd": math.nan,
            "offered_musd": offered,
            "outlay_musd": math.nan,
            "cvar_outlay_musd": math.nan,
            "contract": None if need is None else need.row.contract,
            "contract_outlay_musd": contract_cost,
        }
        if row is None:
            out.append(facts | {"reason": "the case states no terms of a loan to it"})
            continue
        found = [(alone, search[instrument](alone)) for alone in options]
        alone, best = min(found, key=lambda pair: _order(pair[1]))
        facts["start_year"] = alone.start_year
        if best.amount is None:
            missed = f"{in_fault(best.standing)} is short by {-best.standing.slack:,.1f} musd"
            out.append(facts | {"reason": f"none will do: at {best.nearest:,.1f}, its best, {missed}"})
            continue
        facts["amount_musd"] = best.amount
        facts["outlay_musd"] = best.standing.expected_outlay
        facts["cvar_outlay_musd"] = best.standing.cvar_outlay()
        if best.amount == 0.0:
            reason = "it is viable without"
        elif not mine:
            reason = "enough, but not on offer to it"
        elif best.amount > offered:
            reason = "enough, but more than is on offer"
        else:
            reason = "enough, and on offer"
        out.append(facts | {"reason": reason})
    return out


def _limit(row: Row, capex: float) -> float:
    share = row.max_share_of_capex * capex
    return float(share if row.max_musd is None else min(share, row.max_musd))
