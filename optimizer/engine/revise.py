"""The next question on the same case: what of the last search still holds, and what must be built anew and why."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.award_numbers import ProgrammeNumbers
from models.template import Template, new_values
from optimizer.engine.decomposed import Decomposed, decompose
from optimizer.engine.master import Master
from optimizer.engine.oracles.futures import FutureLps
from optimizer.engine.oracles.tails import TailOracle
from optimizer.instance import Instance


@dataclass(frozen=True)
class RebuildReason:
    """Why a part was built anew: ``part`` is awards, supply, cuts of supply or cuts of tails."""

    part: str
    because: str


def resized(old: Decomposed, master: Master, instance: Instance) -> Decomposed | None:
    """The parts if pots have other sizes and all else is the very same; None if something else has changed.

    Only right-hand sides change then, in the parts and in ``master``, which keeps its cuts and its basis.
    """
    if not differ_in_pots_only(old.instance, instance):
        return None
    upper = master.form.row_upper.copy()
    sizes = _sizes_by_row(instance.awards.programmes, instance.awards.outlay_years)
    for i, name in enumerate(master.form.row_names):
        if name in sizes:
            upper[i] = sizes[name]
    form = replace(master.form, row_upper=upper)
    master.resize(form)
    return replace(old, instance=instance, problem=replace(old.problem, form=form))


def pot_sizes(instance: Instance) -> NDArray[np.float64]:
    """Budgets, then yearly caps, of all programmes, musd; infinite where there is no cap."""
    programmes = instance.awards.programmes
    caps = [np.inf if cap is None else cap for cap in programmes.yearly_cap.values()]
    return np.array([*programmes.budget.values(), *caps])


def _sizes_by_row(programmes: ProgrammeNumbers, years: Any) -> dict[str, float]:
    sizes = {f"pot_not_exceeded[{g}]": size for g, size in programmes.budget.items()}
    return sizes | {
        f"yearly_cap[{g},{t}]": cap for g, cap in programmes.yearly_cap.items() if cap is not None for t in years
    }


def differ_in_pots_only(old: Instance, new: Instance) -> bool:
    """Whether all but the sizes of pots are the very same objects."""
    if any(getattr(old, f.name) is not getattr(new, f.name) for f in fields(old) if f.name != "awards"):
        return False
    a, b = old.awards, new.awards
    if any(getattr(a, f.name) is not getattr(b, f.name) for f in fields(a) if f.name != "programmes"):
        return False
    before, after = a.programmes, b.programmes
    same_caps = [cap is None for cap in before.yearly_cap.values()] == [c is None for c in after.yearly_cap.values()]
    return same_caps and replace(after, budget=before.budget, yearly_cap=before.yearly_cap) == before


def revised(old: Decomposed, master: Master, instance: Instance) -> tuple[Decomposed, Master, list[RebuildReason]]:
    """The parts of the next instance, its master with every cut that is still valid, and what was built anew.

    - The award model is built anew: it is small (but see :func:`resized`).
    - Supply keeps its template, its bases and its cuts while nothing of it changes. If only data change that differ
      between futures anyway, the template stays and takes the new data; cuts and bases go, for they are of the old.
    - The cuts of a tail stay while its table, weights and alpha do.
    """
    reasons: list[RebuildReason] = []
    kept, same_data = _supply(old, instance, reasons)
    parts = decompose(instance, kept)
    fresh = Master(parts.problem.form, parts.problem.tails)
    names = [column.name for column in parts.problem.form.columns]
    if names != [column.name for column in old.problem.form.columns]:
        reasons.append(RebuildReason("cuts of tails", "the awards on offer have changed"))
        return parts, fresh, reasons
    valid = set(parts.problem.supply.columns.tolist()) | {None} if same_data else set()
    for before, after in zip(old.problem.tails, parts.problem.tails, strict=True):
        if isinstance(before, TailOracle) and isinstance(after, TailOracle) and before.same(after):
            valid.add(int(after.columns[0]))
        else:
            reasons.append(RebuildReason("cuts of tails", f"{names[int(after.columns[0])]} has other numbers"))
    fresh.keep([cut for cut in master.pool if cut.column in valid])
    return parts, fresh, reasons


def _supply(old: Decomposed, instance: Instance, reasons: list[RebuildReason]) -> tuple[Decomposed | None, bool]:
    """The old supply parts if they serve the new instance, and whether all their data are the same."""
    because = _structure_change(old.instance, instance)
    if because is None and instance.futures != old.instance.futures:
        values = new_values(old.template, instance.futures)
        if values is not None:
            reasons.append(RebuildReason("cuts of supply", "data of futures have changed"))
            return _with_values(old, values), False
        because = "numbers changed that were the same in all futures"
    if because is not None:
        reasons.append(RebuildReason("supply", because))
        return None, False
    return old, True


def _structure_change(old: Instance, new: Instance) -> str | None:
    for f in fields(new.structure):
        if getattr(old.structure, f.name) != getattr(new.structure, f.name):
            return f"{f.name.replace('_', ' ')} changed"
    for what, read in (
        ("start years on offer", lambda a: a.build_options),
        ("purchase contracts", lambda a: [o for o in a.contracts.offers if o[0] in a.contracts.purchase_into]),
        ("stock tranches", lambda a: (a.stock.tranches, a.stock.tranche_of)),
    ):
        if read(old.awards) != read(new.awards):
            return f"{what} changed"
    return None


def _with_values(old: Decomposed, values: Any) -> Decomposed:
    # The old parts stay as they are: should this question fail, the next one starts from them.
    template: Template = replace(old.template, values=np.ascontiguousarray(values))
    return replace(old, template=template, futures=FutureLps(old.arrays, template.values))
