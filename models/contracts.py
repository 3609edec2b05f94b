r"""Price floors, contracts for difference, collars and purchases: which, at which strike, for how many tonnes.

- :math:`Q_{py}` planned output of the plant, kt/yr; :math:`C_p` the contracts on offer to it
- :math:`\underline\sigma_c`, :math:`\bar\sigma_c` smallest and largest share of output that the contract covers
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from models.award_numbers import AwardNumbers

RUNNING = 0
"""Stands for the start year of a plant that runs anyway: its contracts share one output, whenever they begin."""


def add_contracts(model: Any, numbers: AwardNumbers) -> None:
    """Contract decisions: at most one strike of each menu, tonnage within the stated share of planned output."""
    contracts = numbers.contracts
    output = contracts.output
    model.CONTRACT = pyo.Set(initialize=list(dict.fromkeys(offer[0] for offer in contracts.offers)))
    model.CONTRACT_START = pyo.Set(initialize=list(output), dimen=2)
    model.OFFER = pyo.Set(initialize=contracts.offers, dimen=3)
    model.offers_of_start = _grouped(contracts.offers)
    model.signed = pyo.Var(model.OFFER, domain=pyo.Integers, bounds=(0, 1))
    model.volume = pyo.Var(model.OFFER, bounds=lambda _, c, y, k: (0.0, contracts.share_max[c] * output[c, y]))
    model.one_strike = pyo.Constraint(model.CONTRACT, rule=one_strike)
    of_candidates = [(c, y) for c, y in output if (contracts.plant[c], y) in numbers.plants.capex]
    model.CANDIDATE_CONTRACT_START = pyo.Set(initialize=of_candidates, dimen=2)
    committed = [c for c in model.CONTRACT if c in contracts.committed]
    model.committed_contract_signed = pyo.Constraint(committed, rule=committed_contract_signed)
    model.contract_needs_plant = pyo.Constraint(model.CANDIDATE_CONTRACT_START, rule=contract_needs_plant)
    model.coverage_at_most = pyo.Constraint(model.OFFER, rule=coverage_at_most)
    model.coverage_at_least = pyo.Constraint(model.OFFER, rule=coverage_at_least)
    shared: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for c, y in output:
        plant = contracts.plant[c]
        started = y if (plant, y) in numbers.plants.capex else RUNNING
        shared.setdefault((plant, started), []).append((c, y))
    model.contracts_of_start = {option: starts for option, starts in shared.items() if len(starts) > 1}
    model.SHARED_OUTPUT = pyo.Set(initialize=list(model.contracts_of_start), dimen=2)
    model.covered_once = pyo.Constraint(model.SHARED_OUTPUT, rule=covered_once)


def _grouped(offers: tuple[tuple[str, int, float], ...]) -> dict[tuple[str, int], list[tuple[str, int, float]]]:
    groups: dict[tuple[str, int], list[tuple[str, int, float]]] = {}
    for offer in offers:
        groups.setdefault(offer[:2], []).append(offer)
    return groups


def one_strike(model: Any, c: str) -> Any:
    r"""A contract is signed at most once, at one strike price. [contracts]

    .. math:: \sum_{y,k} z_{cyk} \le 1
    """
    offers = [o for start, group in model.offers_of_start.items() if start[0] == c for o in group]
    return pyo.quicksum(model.signed[o] for o in offers) <= 1


def committed_contract_signed(model: Any, c: str) -> Any:
    r"""A contract that is already agreed is signed, at a strike of its menu. [contracts]

    .. math:: \sum_{y,k} z_{cyk} \ge 1
    """
    offers = [o for start, group in model.offers_of_start.items() if start[0] == c for o in group]
    return pyo.quicksum(model.signed[o] for o in offers) >= 1


def contract_needs_plant(model: Any, c: str, y: int) -> Any:
    r"""Only a plant that is built, and starts in that year, can be under contract. [contracts]

    .. math:: \sum_k z_{cyk} \le b_{py}
    """
    plant = model.numbers.contracts.plant[c]
    return pyo.quicksum(model.signed[o] for o in model.offers_of_start[c, y]) <= model.build[plant, y]


def coverage_at_most(model: Any, c: str, y: int, k: float) -> Any:
    r"""A signed contract covers at most its largest share of planned output. [kt/yr]

    .. math:: v_{cyk} \le \bar\sigma_c \, Q_{py} \, z_{cyk}
    """
    contracts = model.numbers.contracts
    return model.volume[c, y, k] <= contracts.share_max[c] * contracts.output[c, y] * model.signed[c, y, k]


def coverage_at_least(model: Any, c: str, y: int, k: float) -> Any:
    r"""A signed contract covers at least its smallest share of planned output. [kt/yr]

    .. math:: v_{cyk} \ge \underline\sigma_c \, Q_{py} \, z_{cyk}
    """
    contracts = model.numbers.contracts
    return model.volume[c, y, k] >= contracts.share_min[c] * contracts.output[c, y] * model.signed[c, y, k]


def covered_once(model: Any, p: str, y: int) -> Any:
    r"""No tonne is covered by two contracts. [kt/yr]

    .. math:: \sum_{c \in C_p} \sum_k v_{cyk} \le Q_{py}
    """
    starts = model.contracts_of_start[p, y]
    covered = [model.volume[o] for start in starts for o in model.offers_of_start[start]]
    return pyo.quicksum(covered) <= model.numbers.contracts.output[starts[0]]
