"""Which plants are brought into being, and when.

- :math:`p'` the plant that p needs, :math:`y'` its start year
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from models.award_numbers import AwardNumbers


def add_awards(model: Any, numbers: AwardNumbers) -> None:
    """Build decisions. Candidates viable without support are built in every plan (private entry)."""
    model.numbers = numbers
    model.CANDIDATE = pyo.Set(initialize=numbers.candidates)
    model.BUILD_OPTION = pyo.Set(initialize=numbers.build_options, dimen=2)
    entry = numbers.plants.private_entry

    def limits(_: Any, p: str, y: int) -> tuple[int, int]:
        if p in entry:
            return (1, 1) if entry[p] == y else (0, 0)
        return (0, 1)

    model.build = pyo.Var(model.BUILD_OPTION, domain=pyo.Integers, bounds=limits)
    model.one_start_year = pyo.Constraint(model.CANDIDATE, rule=one_start_year)
    dependent = [(p, y) for p, y in numbers.build_options if p in numbers.plants.requires]
    model.DEPENDENT_OPTION = pyo.Set(initialize=dependent, dimen=2)
    model.required_plant_starts_first = pyo.Constraint(model.DEPENDENT_OPTION, rule=required_plant_starts_first)
    model.capex_annuities = pyo.Expression(
        expr=sum(numbers.plants.capex_annuities[p, y] * model.build[p, y] for p, y in numbers.build_options)
    )


def one_start_year(model: Any, p: str) -> Any:
    r"""A plant starts at most once. [plants]

    .. math:: \sum_y b_{py} \le 1
    """
    return pyo.quicksum(model.build[option] for option in model.numbers.build_options if option[0] == p) <= 1


def required_plant_starts_first(model: Any, p: str, y: int) -> Any:
    r"""A plant that needs another starts no earlier than it. [plants]

    .. math:: b_{py} \le \sum_{y' \le y} b_{p'y'}
    """
    needed = model.numbers.plants.requires[p]
    earlier = [model.build[q, z] for q, z in model.numbers.build_options if q == needed and z <= y]
    return model.build[p, y] <= pyo.quicksum(earlier)
