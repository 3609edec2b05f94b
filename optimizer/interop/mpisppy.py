r"""A case as a scenario problem of mpi-sppy, to be solved by its hubs and spokes on as many machines as MPI reaches.

Each future is one scenario: all awards, the supply layer of that future, and the weighted objective, of the components
that every other form of the problem is made of. The awards are nonanticipative, and with a weight on the tail of the
cost of supply so is the value at risk, for the mean of the worst futures then falls apart by future:

.. math:: \mathrm{CVaR}_\alpha[Z] = \min_\eta \sum_w \pi_w \left( \eta + \frac{\max(Z_w - \eta, 0)}{1-\alpha} \right)

All price paths are in every scenario, so keep to a few hundred. The function names are those that mpi-sppy's generic
programs look for in a module.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from models.assemble import add_future, award_columns, award_cost, award_model
from models.risk import add_tail_mean
from optimizer.data import Case, read_case
from optimizer.errors import SettingError
from optimizer.instance import Instance, check_finite, compile_instance
from optimizer.scenarios import draw

PREFIX = "future"
AWARDS = ("build", "signed", "volume", "grant", "equity", "loan", "debt", "geared", "lent", "purchase_rate")
"""Variables decided here and now, all whole ones among them. The rest of the award layer (tails, scores, misses)
follows from them, so that with the awards fixed every scenario is an LP."""


def from_case(
    case: Case, *, paths: int | None = None, futures: int | None = None, seed: int | None = None
) -> dict[str, Any]:
    """The ``scenario_creator_kwargs`` of a case: its numbers, drawn alike by every process.

    ``paths`` price paths, ``futures`` futures and ``seed``; arguments left out take the case's settings. Raises
    SettingError for a bad argument, ModelError for numbers that are not finite.
    """
    for path, value in (("paths", paths), ("futures", futures), ("seed", seed)):
        if value is not None:
            case = case.set(f"scenarios.{path}", value)
    instance = compile_instance(case, draw(case))
    check_finite(instance)
    return {"instance": instance}


def scenario_names(instance: Instance) -> list[str]:
    """Names of all scenarios, ``future0`` onwards, in the order of the instance's futures."""
    return scenario_names_creator(len(instance.futures))


def scenario_model(name: str, instance: Instance) -> Any:
    """The Pyomo model of one scenario of an ``instance``, as if its future were certain; needs no mpi-sppy.

    The mean of ``total_cost`` over the futures, each at its probability and all with the same awards (and value at
    risk), is the objective of the whole problem, musd. Raises SettingError for a name that is no scenario.
    """
    future = instance.futures[_number(name, instance)]
    model = award_model(instance.awards)
    model.supply = pyo.Block()
    add_future(model.supply, instance.structure, future, award_columns(model))
    cost = model.supply.supply_cost
    total = award_cost(model) + cost
    weight = instance.awards.weights["tail"]
    if weight > 0.0:
        model.supply_tail = pyo.Block()
        add_tail_mean(model.supply_tail, {future.name: cost}, {future.name: 1.0}, instance.tail_alpha)
        total += weight * model.supply_tail.cvar
    # The L-shaped method of mpi-sppy 0.14 counts a constant of the objective once more for every scenario.
    constant = generate_standard_repn(total).constant
    model.certain_cost = pyo.Var(bounds=(constant, constant))
    model.total_cost = pyo.Objective(expr=total - constant + model.certain_cost, sense=pyo.minimize)
    for variable in model.component_data_objects(pyo.Var):
        # Solvers return nothing for a variable that no row mentions, and mpi-sppy reads and writes all.
        variable.set_value(min(max(0.0, variable.lb), variable.ub), skip_validation=True)
    return model


def nonanticipative(model: Any) -> list[Any]:
    """The variables of a scenario model that must be the same in all of them."""
    tail = [model.supply_tail.value_at_risk] if model.component("supply_tail") is not None else []
    return [getattr(model, name) for name in AWARDS] + tail


def scenario_creator(name: str, instance: Instance) -> Any:
    """The model of scenario ``name`` of an ``instance`` with its probability and root node, as mpi-sppy wants it.

    Raises SettingError if mpi-sppy is not installed or there is no such scenario.
    """
    tools = _mpisppy("utils.sputils")
    model = scenario_model(name, instance)
    tools.attach_root_node(model, award_cost(model), nonanticipative(model))
    model._mpisppy_probability = instance.futures[_number(name, instance)].probability
    return model


def scenario_denouement(rank: int, name: str, model: Any) -> None:
    """Nothing: when the search ends, a scenario at hand need not hold the best plan.

    Read that with ``write_first_stage_solution`` of mpi-sppy's ``WheelSpinner``. It calls this with its ``rank``, the
    ``name`` of the scenario and its ``model``.
    """


def inparser_adder(cfg: Any) -> None:
    """Add the options ``--case``, ``--paths``, ``--draw-seed`` and ``--num-scens`` to ``cfg``, for generic programs."""
    cfg.num_scens_required()
    cfg.add_to_config("case", description="folder or bundled case", domain=str, default=None)
    cfg.add_to_config("paths", description="price paths (default: those of the case)", domain=int, default=None)
    cfg.add_to_config(
        "draw_seed", description="seed of the draws (default: that of the case)", domain=int, default=None
    )


def kw_creator(cfg: Mapping[str, Any]) -> dict[str, Any]:
    """What :func:`from_case` makes of the options ``cfg`` of :func:`inparser_adder`.

    Raises SettingError without a case, or if the case has fewer different futures than scenarios are asked for.
    """
    case = cfg.get("case")
    if not case:
        raise SettingError("--case is missing: give the folder of a case, or the name of a bundled one.")
    asked = cfg.get("num_scens")
    found = from_case(read_case(case), paths=cfg.get("paths"), futures=asked, seed=cfg.get("draw_seed"))
    drawn = len(found["instance"].futures)
    if asked is not None and drawn != asked:
        raise SettingError(f"--num-scens {asked}: this case has only {drawn} different futures. Use {drawn} or fewer.")
    return found


def scenario_names_creator(num_scens: int, start: int | None = None) -> list[str]:
    """Names of ``num_scens`` scenarios from the one numbered ``start``.

    >>> scenario_names_creator(2, start=3)
    ['future3', 'future4']
    """
    first = start or 0
    return [f"{PREFIX}{number}" for number in range(first, first + num_scens)]


def _number(name: str, instance: Instance) -> int:
    names = scenario_names(instance)
    if name not in names:
        raise SettingError(f"'{name}' is no scenario; this case has {names[0]} to {names[-1]}.")
    return names.index(name)


def _mpisppy(module: str) -> Any:
    try:
        return import_module(f"mpisppy.{module}")
    except ImportError as error:
        raise SettingError("This needs mpi-sppy: pip install 'allied-offtake-optimizer[mpi]'.") from error
