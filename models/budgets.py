r"""Pots of public money: what promises use up, and what they are expected to cost on balance.

- :math:`B_g` budget and :math:`\bar B_g` yearly cap of programme g, musd; :math:`\underline B_g` what it has promised
- :math:`S_g` ``contract_score``: what contracts use up of the pot; :math:`O_{gs}` present value at the public rate of
  all that the programme's contracts pay on path s; :math:`\alpha_g` the pot's tail
- :math:`\epsilon_g`, :math:`\lambda_g` share at which equity and loans count; grants count at face
- :math:`\omega_{pyt}` share of support spent in year t; :math:`O_{cykt}` what a contract pays then, per kt/yr
- :math:`\pi_{ht}` purchase price of stock, musd/kt; :math:`\Delta_t` public discount factor; :math:`H_g` its stockpiles
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from models.award_numbers import AwardNumbers
from models.risk import VALUE_AT_RISK_BOUND, add_tail_by_cuts, add_tail_mean, add_worst_case, weighted_sum


def add_budgets(model: Any, numbers: AwardNumbers, *, by_cuts: bool = False) -> None:
    """Scoring of every award against its pot. Grants, equity and loans count at face, contracts by the pot's rule.

    ``by_cuts`` leaves tails over price paths to cuts.
    """
    programmes = numbers.programmes
    model.PROGRAMME = pyo.Set(initialize=list(programmes.budget))
    model.contract_score = pyo.Var(model.PROGRAMME, bounds=(0.0, VALUE_AT_RISK_BOUND))
    weights = dict(enumerate(numbers.path_weight.tolist()))
    tailed = [g for g in programmes.budget if programmes.scoring[g] == "cvar" and _offers(model, g)]
    model.exposure = pyo.Block(tailed)
    for g in tailed:
        if by_cuts:
            add_tail_by_cuts(model.exposure[g], "cvar")
        else:
            add_tail_mean(model.exposure[g], _outlay_by_path(model, g), weights, programmes.alpha[g])
    worst = [g for g in programmes.budget if programmes.scoring[g] == "worst" and _offers(model, g)]
    model.worst_exposure = pyo.Block(worst)
    for g in worst:
        if by_cuts:
            add_tail_by_cuts(model.worst_exposure[g], "worst")
        else:
            add_worst_case(model.worst_exposure[g], _outlay_by_path(model, g))
    model.contracts_scored = pyo.Constraint(model.PROGRAMME, rule=contracts_scored)
    model.pot_not_exceeded = pyo.Constraint(model.PROGRAMME, rule=pot_not_exceeded)
    committed = [g for g, amount in programmes.committed.items() if amount > 0.0]
    model.committed_money_awarded = pyo.Constraint(committed, rule=committed_money_awarded)
    capped = [(g, t) for g, cap in programmes.yearly_cap.items() if cap is not None for t in numbers.outlay_years]
    model.CAPPED_YEAR = pyo.Set(initialize=capped, dimen=2)
    model.yearly_cap = pyo.Constraint(model.CAPPED_YEAR, rule=yearly_cap)
    model.net_outlay = pyo.Expression(expr=_net_outlay(model))


def _offers(model: Any, g: str) -> list[Any]:
    contracts = model.numbers.contracts
    return [o for o in contracts.offers if contracts.programme[o[0]] == g]


def outlay_table(model: Any, g: str) -> tuple[Any, list[Any]]:
    """A pot's contract payments as (table, variables): musd per kt/yr of each contract, shape (variables, paths)."""
    offers = _offers(model, g)
    return np.stack([model.numbers.contracts.outlay[o] for o in offers]), [model.volume[o] for o in offers]


def _outlay_by_path(model: Any, g: str) -> dict[int, Any]:
    table, variables = outlay_table(model, g)
    return {s: weighted_sum(table[:, s].tolist(), variables) for s in range(table.shape[1])}


def _expected_outlay(model: Any, offers: list[Any]) -> Any:
    contracts, weight = model.numbers.contracts, model.numbers.path_weight
    return weighted_sum([float(np.dot(weight, contracts.outlay[o])) for o in offers], [model.volume[o] for o in offers])


def stock_purchase_cost(model: Any, g: str) -> Any:
    """Present value at the public rate of a programme's stock purchases, musd."""
    numbers = model.numbers
    stock = numbers.stock
    discount = dict(zip(numbers.outlay_years, numbers.discount.tolist(), strict=True))
    bought = [
        (stock.price[m, t] * discount[t], model.purchase_rate[m, tranche])
        for (m, t), tranche in stock.tranche_of.items()
        if stock.programme[m] == g
    ]
    return weighted_sum([a for a, _ in bought], [x for _, x in bought])


def face_score(model: Any, g: str) -> Any:
    """What grants, equity and loans use up of a pot, musd."""
    programmes = model.numbers.programmes
    parts = ((model.grant, 1.0), (model.equity, programmes.equity_score[g]), (model.loan, programmes.loan_score[g]))
    pairs = [(share, x) for variable, share in parts for option, x in variable.items() if option[2] == g]
    return weighted_sum([a for a, _ in pairs], [x for _, x in pairs])


def contracts_scored(model: Any, g: str) -> Any:
    r"""Contracts use up their expected, tail-mean or worst present value, and never less than nothing. [musd]

    .. math:: S_g \ge 0, \quad S_g \ge \mathbb{E}[O_g] \;\text{or}\; \mathrm{CVaR}_{\alpha_g}[O_g]
       \;\text{or}\; \max_s O_{gs}
    """
    offers = _offers(model, g)
    if not offers:
        return pyo.Constraint.Skip
    scoring = model.numbers.programmes.scoring[g]
    if scoring == "cvar":
        return model.contract_score[g] >= model.exposure[g].cvar
    if scoring == "worst":
        return model.contract_score[g] >= model.worst_exposure[g].worst
    return model.contract_score[g] >= _expected_outlay(model, offers)


def pot_not_exceeded(model: Any, g: str) -> Any:
    r"""All awards and stock purchases of a programme stay within its pot. [musd]

    .. math:: \sum_{p,y} (G_{pyg} + \epsilon_g E_{pyg} + \lambda_g L_{pyg}) + S_g
       + \sum_{h \in H_g} \sum_t \Delta_t \pi_{ht} P_{ht} \le B_g
    """
    used = face_score(model, g) + model.contract_score[g] + stock_purchase_cost(model, g)
    return used <= model.numbers.programmes.budget[g]


def committed_money_awarded(model: Any, g: str) -> Any:
    r"""Grants, equity and loans of a programme reach, at face value, what it has already promised. [musd]

    .. math:: \sum_{p,y} (G_{pyg} + E_{pyg} + L_{pyg}) \ge \underline B_g
    """
    given = [x for kind in (model.grant, model.equity, model.loan) for option, x in kind.items() if option[2] == g]
    if not given:
        return pyo.Constraint.Infeasible
    return pyo.quicksum(given) >= model.numbers.programmes.committed[g]


def yearly_cap(model: Any, g: str, t: int) -> Any:
    r"""What a programme pays out in a year, in expectation, stays within its yearly cap. [musd/yr]

    .. math:: \sum_{p,y} \omega_{pyt} (G_{pyg} + E_{pyg} + L_{pyg})
       + \sum_{c,y,k} \mathbb{E}[O_{cykt}] \, v_{cyk} + \sum_{h \in H_g} \pi_{ht} P_{ht} \le \bar B_g
    """
    numbers = model.numbers
    i = numbers.outlay_years.index(t)
    pairs = [
        (float(numbers.spend_share[option[:2]][i]), x)
        for variable in (model.grant, model.equity, model.loan)
        for option, x in variable.items()
        if option[2] == g
    ]
    pairs += [(float(numbers.contracts.expected_payment[o][i]), model.volume[o]) for o in _offers(model, g)]
    stock = numbers.stock
    pairs += [
        (stock.price[m, year], model.purchase_rate[m, tranche])
        for (m, year), tranche in stock.tranche_of.items()
        if stock.programme[m] == g and year == t
    ]
    paid = weighted_sum([a for a, _ in pairs], [x for _, x in pairs])
    return pyo.Constraint.Skip if isinstance(paid, float) else paid <= numbers.programmes.yearly_cap[g]


def _net_outlay(model: Any) -> Any:
    numbers = model.numbers
    support = numbers.support
    total: Any = 0.0
    for variable, cost in (
        (model.grant, support.grant_net_outlay),
        (model.equity, support.equity_net_outlay),
        (model.loan, support.loan_net_outlay),
    ):
        total += weighted_sum([cost[option] for option in variable], [variable[option] for option in variable])
    total += _expected_outlay(model, list(numbers.contracts.offers))
    for g in numbers.programmes.budget:
        total += stock_purchase_cost(model, g)
    return total
