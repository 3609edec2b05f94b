"""Grants, public equity and public loans in numbers; pots; and who is eligible for what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.award_numbers import PlantNumbers, ProgrammeNumbers, SupportNumbers, SupportOption
from optimizer.instance.market import Market
from optimizer.instance.plan import operating_cash, plant_plan, spend_factor, unit_margin
from optimizer.instance.plants import drawn_with_interest, service_per_dollar
from optimizer.terms.finance import discount_factors

FloatArray = NDArray[np.float64]


def programme_numbers(case: Any) -> ProgrammeNumbers:
    """Pots and their scoring rules."""
    rows = case.rows("programmes")
    return ProgrammeNumbers(
        budget={g.programme: g.budget_musd for g in rows},
        scoring={g.programme: g.contract_scoring for g in rows},
        alpha={g.programme: g.scoring_alpha for g in rows},
        loan_score={g.programme: g.loan_subsidy_rate for g in rows},
        equity_score={g.programme: g.equity_score_share for g in rows},
        yearly_cap={g.programme: g.yearly_cap_musd for g in rows},
        committed={g.programme: g.committed_musd for g in rows},
    )


def support_numbers(case: Any, paths: Any, market: Market, plants: PlantNumbers) -> SupportNumbers:
    """Every support option: limits, worth to the sponsor, expected net cost to the public.

    Public equity: common equity earns its share, 1/capex per dollar, of the unlevered operating cash flow of the
    plant without contracts (the reference plan), never paying in; preferred equity a stated return, redeemed at its
    tenor.
    Its net outlay is face value less the fair value of what it earns, at the plant's hurdle rate: equity risk is not
    free to a treasury because its own borrowing is cheap. A loan's net outlay is its credit subsidy.
    """
    out = SupportNumbers()
    for row in case.rows("support"):
        if row.instrument == "debt" or row.plant in plants.private_entry:
            continue
        plant, programme = case.row("plants", row.plant), case.row("programmes", row.programme)
        for start in plant.start_years:
            if programme.first_year <= start <= programme.last_year and (row.plant, start) in plants.capex:
                _add_option(case, paths, market, out, row, plant, programme, start)
    return out


def one_option(
    case: Any, paths: Any, market: Market, row: Any, plant: Any, programme: Any, start: int
) -> SupportNumbers:
    """The numbers of a single row of support, for one start year, whether the case has that row or not."""
    out = SupportNumbers()
    _add_option(case, paths, market, out, row, plant, programme, start)
    return out


def _add_option(
    case: Any, paths: Any, market: Market, out: SupportNumbers, row: Any, plant: Any, programme: Any, start: int
) -> None:
    base = case.settings.horizon.first_year
    option: SupportOption = (row.plant, start, row.programme)
    limit = row.max_share_of_capex * plant.capex_musd
    if row.max_musd is not None:
        limit = min(limit, row.max_musd)
    hurdle = spend_factor(plant, start, plant.hurdle_rate, base)
    public = spend_factor(plant, start, case.settings.rates.public, base)
    plan = plant_plan(case, plant, start, paths.years)
    factors = discount_factors(plan.years, plant.hurdle_rate, base)
    if row.instrument == "grant":
        out.grant_limit[option], out.grant_net_outlay[option] = limit, public
    elif row.instrument == "loan":
        service = service_per_dollar(plant, start, row.rate, row.tenor_years, base)
        out.loan_limit[option] = limit
        out.loan_service[option] = service
        out.loan_gain[option] = hurdle - float(np.dot(service[: len(factors)], factors[: len(service)]))
        out.loan_net_outlay[option] = public * programme.loan_subsidy_rate
    else:
        if row.equity_form == "preferred":
            grown = drawn_with_interest(plant, start, row.rate, base) * (1.0 + row.rate) ** row.tenor_years
            redeemed = float(discount_factors([start + row.tenor_years], plant.hurdle_rate, base)[0])
            earned = np.full(paths.count, grown * redeemed)
        else:
            cash = np.maximum(operating_cash(plan, unit_margin(case, plant, market)), 0.0)
            cash = np.broadcast_to(cash, (paths.count, len(plan.years)))
            earned = cash @ factors / plant.capex_musd
        out.equity_limit[option] = limit
        out.equity_gain[option] = hurdle - earned
        out.equity_net_outlay[option] = public * (1.0 - float(paths.weight @ earned) / hurdle)
