r"""What sponsors and lenders ask before a plant is built: financing, expected return, downside, debt service cover.

Present values are at the plant's hurdle rate. A sponsor's net present value adds to that of the plant what debt, public
money and contracts bring; it is one number per price path and dollar or kt/yr.

- :math:`D_{py}` ``debt``: private debt, musd; :math:`I_{py}` capex; :math:`\gamma_p` gearing cap, share of capex
- :math:`\sigma_{py}` present value of a dollar spent along with the capex
- :math:`\bar G`, :math:`\bar E`, :math:`\bar L` the most of each kind of support on offer, musd
- :math:`F_{pyi}`, :math:`f_{cyki}` cash for debt service in the lender's deck, of the plant and per kt/yr of a contract
- :math:`A_{pyi}`, :math:`A_{pygi}` yearly service per dollar of private debt and of public loan
- :math:`\theta_{py}` ``geared``: the plant borrows, 0 or 1; :math:`\lambda_{py}` ``lent``: it owes public loans beyond
  the tenor of its private debt, 0 or 1; :math:`\theta_{pyi}` the one that counts in operating year :math:`i`
- :math:`M_{pyi}` the deepest loss that the deck can show in a year, so that a plant that owes nothing may show it
- :math:`\delta_p` required cover; :math:`\rho_p` loss limit, share of the sponsor's own money; :math:`\beta` its tail
- :math:`\kappa_{py}` cap on the expected net present value, musd; :math:`C_p` the contracts on offer to the plant
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from models.award_numbers import AwardNumbers
from models.risk import add_tail_by_cuts, add_tail_mean, weighted_sum


def add_viability(model: Any, numbers: AwardNumbers, *, by_cuts: bool = False) -> None:
    """Financing decisions and the conditions under which a plant is built.

    ``by_cuts`` leaves each sponsor's downside to cuts: no row then depends on the number of price paths. Plants that
    enter privately are exempt: they were found viable without support before the plan is made.
    """
    plants, support = numbers.plants, numbers.support
    judged = [(p, y) for p, y in numbers.build_options if p not in plants.private_entry]
    model.JUDGED_OPTION = pyo.Set(initialize=judged, dimen=2)
    model.JUDGED_PLANT = pyo.Set(initialize=list(dict.fromkeys(p for p, _ in judged)))
    for name, limit in (("grant", support.grant_limit), ("equity", support.equity_limit), ("loan", support.loan_limit)):
        options = pyo.Set(initialize=[o for o in limit if o[:2] in judged], dimen=3)
        setattr(model, f"{name.upper()}_OPTION", options)
        setattr(model, name, pyo.Var(options, bounds=lambda _, p, y, g, limit=limit: (0.0, limit[p, y, g])))
    model.debt = pyo.Var(model.JUDGED_OPTION, bounds=lambda _, p, y: (0.0, plants.gearing[p] * plants.capex[p, y]))
    model.geared = pyo.Var(model.JUDGED_OPTION, domain=pyo.Integers, bounds=(0, 1))
    longer = [o[:2] for o in model.LOAN_OPTION if len(support.loan_service[o]) > len(plants.debt_service[o[:2]])]
    model.LENT_OPTION = pyo.Set(initialize=list(dict.fromkeys(longer)), dimen=2)
    model.lent = pyo.Var(model.LENT_OPTION, domain=pyo.Integers, bounds=(0, 1))
    model.support_of = _support_by_option(model)
    model.grant_needs_plant = pyo.Constraint(model.GRANT_OPTION, rule=grant_needs_plant)
    model.equity_needs_plant = pyo.Constraint(model.EQUITY_OPTION, rule=equity_needs_plant)
    model.loan_needs_plant = pyo.Constraint(model.LOAN_OPTION, rule=loan_needs_plant)
    model.geared_needs_plant = pyo.Constraint(model.JUDGED_OPTION, rule=geared_needs_plant)
    model.gearing_limit = pyo.Constraint(model.JUDGED_OPTION, rule=gearing_limit)
    model.financing_within_capex = pyo.Constraint(model.JUDGED_OPTION, rule=financing_within_capex)
    cover = [(p, y, i) for p, y in judged for i in range(_years_owing(model, p, y))]
    model.COVER_YEAR = pyo.Set(initialize=cover, dimen=3)
    model.debt_service_cover = pyo.Constraint(model.COVER_YEAR, rule=debt_service_cover)
    model.expected_return = pyo.Constraint(model.JUDGED_PLANT, rule=expected_return)
    capped = [p for p in model.JUDGED_PLANT if all(np.isfinite(plants.npv_cap[o]) for o in judged if o[0] == p)]
    model.CAPPED_PLANT = pyo.Set(initialize=capped)
    model.no_over_compensation = pyo.Constraint(model.CAPPED_PLANT, rule=no_over_compensation)
    weights = dict(enumerate(numbers.path_weight.tolist()))
    model.downside = pyo.Block(model.JUDGED_PLANT)
    for p in model.JUDGED_PLANT:
        if by_cuts:
            add_tail_by_cuts(model.downside[p], "cvar")
        else:
            add_tail_mean(model.downside[p], _losses(model, p), weights, numbers.sponsor_alpha)
    model.downside_limit = pyo.Constraint(model.JUDGED_PLANT, rule=downside_limit)
    running = dict.fromkeys(p for p in numbers.contracts.plant.values() if p not in numbers.candidates)
    model.RUNNING_PLANT = pyo.Set(initialize=list(running))
    model.participation = pyo.Constraint(model.RUNNING_PLANT, rule=participation)


def _years_owing(model: Any, p: str, y: int) -> int:
    """Operating years in which a plant may owe debt service."""
    numbers = model.numbers
    tenors = [len(numbers.support.loan_service[o]) for o in model.LOAN_OPTION if o[:2] == (p, y)]
    return min(max([len(numbers.plants.debt_service[p, y]), *tenors]), len(numbers.plants.deck_cash[p, y]))


def _support_by_option(model: Any) -> dict[tuple[str, int], list[tuple[str, Any]]]:
    out: dict[tuple[str, int], list[tuple[str, Any]]] = {}
    for name in ("grant", "equity", "loan"):
        for option, variable in getattr(model, name).items():
            out.setdefault(option[:2], []).append((name, variable))
    return out


def npv_terms(model: Any, p: str) -> tuple[list[Any], list[Any]]:
    """Sponsor's net present value of a plant as (values per price path or numbers, variables): Σ value × variable."""
    numbers = model.numbers
    plants, support, contracts = numbers.plants, numbers.support, numbers.contracts
    values: list[Any] = []
    variables: list[Any] = []

    def add(value: Any, variable: Any) -> None:
        values.append(value)
        variables.append(variable)

    for option in (o for o in numbers.build_options if o[0] == p):
        add(plants.npv[option], model.build[option])
        add(plants.debt_gain[option], model.debt[option])
    for option in (o for o in model.GRANT_OPTION if o[0] == p):
        add(plants.spend_factor[option[:2]], model.grant[option])
    for option in (o for o in model.EQUITY_OPTION if o[0] == p):
        add(support.equity_gain[option], model.equity[option])
    for option in (o for o in model.LOAN_OPTION if o[0] == p):
        add(support.loan_gain[option], model.loan[option])
    for offer in (o for o in contracts.offers if contracts.plant[o[0]] == p):
        add(contracts.sponsor_gain[offer], model.volume[offer])
    return values, variables


def loss_table(model: Any, p: str) -> tuple[Any, list[Any]]:
    """Sponsor's loss as (table, variables): musd per unit of each variable, shape (variables, price paths)."""
    values, variables = npv_terms(model, p)
    count = len(model.numbers.path_weight)
    return -np.stack([np.broadcast_to(np.asarray(v, dtype=float), (count,)) for v in values]), variables


def _losses(model: Any, p: str) -> dict[int, Any]:
    table, variables = loss_table(model, p)
    return {s: weighted_sum(table[:, s].tolist(), variables) for s in range(table.shape[1])}


def _expected_npv(model: Any, p: str) -> Any:
    values, variables = npv_terms(model, p)
    weight = model.numbers.path_weight
    return weighted_sum([float(np.dot(weight, v)) if np.ndim(v) else float(v) for v in values], variables)


def sponsor_equity(model: Any, p: str) -> Any:
    """Present value at the hurdle rate of what the sponsor itself puts in, musd."""
    total = 0.0
    for option in (o for o in model.JUDGED_OPTION if o[0] == p):
        plants = model.numbers.plants
        others = model.debt[option] + sum(variable for _, variable in model.support_of.get(option, []))
        total += plants.spend_factor[option] * (plants.capex[option] * model.build[option] - others)
    return total


def grant_needs_plant(model: Any, p: str, y: int, g: str) -> Any:
    r"""A grant goes to a plant that is built, up to its limit. [musd]

    .. math:: G_{pyg} \le \bar G_{pyg} \, b_{py}
    """
    return model.grant[p, y, g] <= model.numbers.support.grant_limit[p, y, g] * model.build[p, y]


def equity_needs_plant(model: Any, p: str, y: int, g: str) -> Any:
    r"""Public equity goes to a plant that is built, up to its limit. [musd]

    .. math:: E_{pyg} \le \bar E_{pyg} \, b_{py}
    """
    return model.equity[p, y, g] <= model.numbers.support.equity_limit[p, y, g] * model.build[p, y]


def loan_needs_plant(model: Any, p: str, y: int, g: str) -> Any:
    r"""A public loan goes to a plant that is built, up to its limit. [musd]

    .. math:: L_{pyg} \le \bar L_{pyg} \, b_{py} \quad\text{or}\quad L_{pyg} \le \bar L_{pyg} \, \lambda_{py}

    The second form holds for loans that outlast the private debt.
    """
    plants, support = model.numbers.plants, model.numbers.support
    outlasts = len(support.loan_service[p, y, g]) > len(plants.debt_service[p, y])
    drawn = model.lent[p, y] if outlasts else model.build[p, y]
    return model.loan[p, y, g] <= support.loan_limit[p, y, g] * drawn


def geared_needs_plant(model: Any, p: str, y: int) -> Any:
    r"""Only a plant that is built borrows. [plants]

    .. math:: \theta_{py} \le b_{py}
    """
    return model.geared[p, y] <= model.build[p, y]


def gearing_limit(model: Any, p: str, y: int) -> Any:
    r"""Private debt and public loans together stay within the gearing cap. [musd]

    .. math:: D_{py} + \sum_g L_{pyg} \le \gamma_p \, I_{py} \, \theta_{py}
    """
    plants = model.numbers.plants
    loans = [variable for name, variable in model.support_of.get((p, y), []) if name == "loan"]
    borrowed = model.debt[p, y] + pyo.quicksum(loans)
    return borrowed <= plants.gearing[p] * plants.capex[p, y] * model.geared[p, y]


def financing_within_capex(model: Any, p: str, y: int) -> Any:
    r"""Debt and support together pay for no more than the capex. [musd]

    .. math:: D_{py} + \sum_g (G_{pyg} + E_{pyg} + L_{pyg}) \le I_{py} \, b_{py}
    """
    others = [variable for _, variable in model.support_of.get((p, y), [])]
    return model.debt[p, y] + pyo.quicksum(others) <= model.numbers.plants.capex[p, y] * model.build[p, y]


def debt_service_cover(model: Any, p: str, y: int, i: int) -> Any:
    r"""If a plant borrows, cash in the lender's deck covers debt service with the required margin. [musd/yr]

    .. math:: F_{pyi} b_{py} + \sum_{c,k} f_{cyki} v_{cyk} + M_{pyi} (b_{py} - \theta_{pyi})
       \ge \delta_p \Big(A_{pyi} D_{py} + \sum_g A_{pygi} L_{pyg}\Big)
    """
    numbers = model.numbers
    plants, contracts = numbers.plants, numbers.contracts
    offers = [o for o in contracts.offers if contracts.plant[o[0]] == p and o[1] == y]
    cash = plants.deck_cash[p, y][i] * model.build[p, y] + pyo.quicksum(
        contracts.deck_gain[o][i] * model.volume[o] for o in offers if i < len(contracts.deck_gain[o])
    )
    service = _at(plants.debt_service[p, y], i) * model.debt[p, y]
    for option in (o for o in model.LOAN_OPTION if o[:2] == (p, y)):
        service += _at(numbers.support.loan_service[option], i) * model.loan[option]
    deepest = _deepest_loss(numbers, offers, (p, y), i)
    owes = model.geared[p, y] if i < len(plants.debt_service[p, y]) else model.lent[p, y]
    return cash + deepest * (model.build[p, y] - owes) >= plants.service_cover[p] * service


def _deepest_loss(numbers: AwardNumbers, offers: list[Any], option: tuple[str, int], i: int) -> float:
    """Largest loss in the lender's deck in one year, musd, over all contracts that might be signed."""
    contracts = numbers.contracts
    worst_by_contract: dict[str, float] = {}
    for offer in offers:
        c = offer[0]
        largest = contracts.share_max[c] * contracts.output[c, option[1]]
        loss = -_at(contracts.deck_gain[offer], i) * largest
        worst_by_contract[c] = max(worst_by_contract.get(c, 0.0), loss)
    return max(0.0, -numbers.plants.deck_cash[option][i] + sum(worst_by_contract.values()))


def _at(values: tuple[float, ...], i: int) -> float:
    return values[i] if i < len(values) else 0.0


def expected_return(model: Any, p: str) -> Any:
    r"""The sponsor's expected net present value at its hurdle rate is not negative. [musd]

    .. math:: \mathbb{E}[\mathrm{NPV}_p] \ge 0
    """
    expected = _expected_npv(model, p)
    return pyo.Constraint.Skip if isinstance(expected, float) else expected >= 0.0


def downside_limit(model: Any, p: str) -> Any:
    r"""In its bad tail a sponsor loses, on average, at most the stated share of the equity it puts in. [musd]

    .. math:: \mathrm{CVaR}_\beta[-\mathrm{NPV}_p]
       \le \rho_p \sum_y \sigma_{py} \Big(I_{py} b_{py} - D_{py} - \sum_g (G_{pyg} + E_{pyg} + L_{pyg})\Big)
    """
    return model.downside[p].cvar <= model.numbers.plants.loss_limit[p] * sponsor_equity(model, p)


def no_over_compensation(model: Any, p: str) -> Any:
    r"""Support does not lift the expected net present value above the over-compensation cap. [musd]

    .. math:: \mathbb{E}[\mathrm{NPV}_p] \le \sum_y \kappa_{py} \, b_{py}
    """
    options = [o for o in model.numbers.build_options if o[0] == p]
    cap = pyo.quicksum(model.numbers.plants.npv_cap[o] * model.build[o] for o in options)
    return _expected_npv(model, p) <= cap


def participation(model: Any, p: str) -> Any:
    r"""A plant that runs anyway signs only what does not cost it money in expectation. [musd]

    .. math:: \sum_{c \in C_p} \sum_{y,k} \mathbb{E}[\mathrm{gain}_{cyk}] \, v_{cyk} \ge 0
    """
    expected = _expected_npv(model, p)
    return pyo.Constraint.Skip if isinstance(expected, float) else expected >= 0.0
