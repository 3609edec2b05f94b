"""The limits a government, a lender or a sponsor has set, each by name, with its cells and what it is without it.

Supply itself is never without a plan: what cannot be delivered is a shortage, at a cost. So whenever there is no plan,
some hard target cannot be met, or some commitment not be kept, within the other limits listed here, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.data import Case
from optimizer.explanation.input_cells import InputCell, input_cell, plain_number
from optimizer.explanation.levers import Lever, falling, rising, start_year_lever, year_lever

Loosened = Callable[[Case], Case]
LARGEST_POT = 1e6
"""Size of a pot that limits nothing, musd."""
ENOUGH_SHARE = 100.0
"""Over-compensation cap that limits nothing, share of capex."""
HIGHEST_STRIKE = 5.0
"""Strikes are tried up to this multiple of their cap."""
CLOSE_STRIKES = 2.0
"""Up to this multiple they are tried in small steps: a strike too high breaks the over-compensation cap."""
STRIKES_CLOSE = 16
STRIKES_FAR = 6


@dataclass(frozen=True)
class PolicyLimit:
    """One limit: its ``kind`` and ``name``, the sentence it makes, and the ``cells`` behind it.

    ``loosened`` gives the case without the limit. ``unjudged`` names a plant whose sponsor then asks for nothing: that
    is no figure of the case. ``helps`` names a plant that the limit matters to only through what its sponsor asks for.
    ``levers`` are the single figures by which the limit can be relaxed.
    """

    kind: str
    name: str
    words: str
    cells: tuple[InputCell, ...]
    loosened: Loosened
    levers: tuple[Lever, ...] = ()
    unjudged: str | None = None
    helps: str | None = None

    def __str__(self) -> str:
        """The sentence, and the cells behind it."""
        return f"{self.words} ({'; '.join(map(str, self.cells))})"


def policy_limits(case: Case) -> tuple[PolicyLimit, ...]:
    """Every limit of a case: hard targets, pots, caps on strikes and gains, sponsors' conditions, stock, years.

    In the order in which a reader would rather see them in a conflict.
    """
    parts = (
        _targets, _commitments, _pots, _strike_caps, _sponsors, _gain_caps, _support, _stock, _start_years,
        _programme_years,
    )  # fmt: skip
    return tuple(limit for part in parts for limit in part(case))


def _targets(case: Case) -> Iterator[PolicyLimit]:
    for row in case.rows("targets"):
        if row.mode != "hard":
            continue
        key = (row.target,)
        span = f"{row.first_year} to {row.last_year}" + (" (calm future)" if row.futures == "calm" else "")
        who = "all" if row.segment == "any" else row.segment
        level, words = input_cell(case, "targets", key, "level"), ""
        if row.kind == "share_limit":
            words = f"at most {100 * row.level:g} % of {row.material} in {row.region} from {row.origin}, {span}"
            lever = rising(level, row.level, 0.001, 1.0)
        elif row.kind == "service_level":
            words = f"at least {100 * row.level:g} % of {who} demand for {row.material} in {row.region} met, {span}"
            lever = falling(level, row.level, 0.001, 0.0)
        else:
            words = f"stock for at least {row.level:g} days of {who} demand for {row.material} in {row.region}, {span}"
            lever = falling(level, row.level, 1.0, 0.0)
        later = year_lever(input_cell(case, "targets", key, "first_year"), row.first_year, row.last_year)
        kind = row.kind.replace("_", " ")
        yield PolicyLimit(
            f"hard {kind}", row.target, f"hard {kind} {row.target}: {words}", (level,), _without(row.target),
            (lever, later),
        )  # fmt: skip


def _without(target: str) -> Loosened:
    return lambda case: case.replace(tables={"targets": [dict(t) for t in case.rows("targets") if t.target != target]})


def _setting(*changes: tuple[str, Any]) -> Loosened:
    def loosened(case: Case) -> Case:
        for path, value in changes:
            case = case.set(path, value)
        return case

    return loosened


def _commitments(case: Case) -> Iterator[PolicyLimit]:
    for row in (row for row in case.rows("contracts") if row.committed):
        cell = input_cell(case, "contracts", (row.contract,), "committed")
        yield PolicyLimit(
            "commitment", row.contract, f"commitment to sign {row.contract}", (cell,), _setting((cell.path, False)),
            (Lever(cell, 1, lambda steps: steps == 0),),
        )  # fmt: skip
    for row in (row for row in case.rows("programmes") if row.committed_musd > 0.0):
        cell = input_cell(case, "programmes", (row.programme,), "committed_musd")
        yield PolicyLimit(
            "commitment", row.programme, f"commitment to award {row.committed_musd:g} musd of {row.programme}", (cell,),
            _setting((cell.path, 0.0)), (falling(cell, row.committed_musd, 1.0, 0.0),),
        )  # fmt: skip


def _pots(case: Case) -> Iterator[PolicyLimit]:
    for row in case.rows("programmes"):
        key, name = (row.programme,), row.programme
        cell = input_cell(case, "programmes", key, "budget_musd")
        yield PolicyLimit(
            "pot", name, f"pot {name}: {row.budget_musd:g} musd", (cell,), _setting((cell.path, LARGEST_POT)),
            (rising(cell, row.budget_musd, 1.0, LARGEST_POT),),
        )  # fmt: skip
        if row.yearly_cap_musd is None:
            continue
        cap = input_cell(case, "programmes", key, "yearly_cap_musd")
        yield PolicyLimit(
            "yearly cap", name, f"yearly cap of {name}: {row.yearly_cap_musd:g} musd/yr", (cap,),
            _setting((cap.path, "none")), (rising(cap, row.yearly_cap_musd, 1.0, LARGEST_POT),),
        )  # fmt: skip


def _strike_caps(case: Case) -> Iterator[PolicyLimit]:
    for row in case.rows("contracts"):
        cell = input_cell(case, "contracts", (row.contract,), "strike_max_usd_per_kg")
        top, tick = row.strike_max_usd_per_kg, row.strike_tick_usd_per_kg
        yield PolicyLimit(
            "strike cap", row.contract, f"strike cap of {row.contract}: {top:g} USD/kg", (cell,),
            _above_cap(row.contract), (rising(cell, top, tick, _highest_strike(row)),),
            helps=None if row.form == "purchase" else row.plant,
        )  # fmt: skip


def _highest_strike(contract: Any) -> float:
    """The highest strike that may be tried: a threshold for the upside, if stated, is never below a strike."""
    threshold, highest = contract.upside_threshold_usd_per_kg, HIGHEST_STRIKE * contract.strike_max_usd_per_kg
    return float(highest if threshold == "strike" else min(highest, threshold))


def _above_cap(name: str) -> Loosened:
    """The contract twice more with dearer strikes, close ones and far ones: the menu itself stays, nothing is lost."""

    def loosened(case: Case) -> Case:
        row = case.row("contracts", name)
        top = row.strike_max_usd_per_kg
        if top <= 0.0:
            return case
        rows = [dict(each) for each in case.rows("contracts")]
        for label, low, high, count in (
            ("close", top, CLOSE_STRIKES * top, STRIKES_CLOSE),
            ("far", CLOSE_STRIKES * top, HIGHEST_STRIKE * top, STRIKES_FAR),
        ):
            step = (high - low) / count
            dearer = dict(row) | {
                "contract": f"{name[:50]}-above-cap-{label}",
                "strike_min_usd_per_kg": low + step,
                "strike_max_usd_per_kg": high,
                "strike_tick_usd_per_kg": step,
                "committed": False,
            }
            if row.upside_threshold_usd_per_kg != "strike":
                dearer["upside_threshold_usd_per_kg"] = max(row.upside_threshold_usd_per_kg, high)
            rows.append(dearer)
        return case.replace(tables={"contracts": rows})

    return loosened


def _sponsors(case: Case) -> Iterator[PolicyLimit]:
    for row in (row for row in case.rows("plants") if row.status == "candidate"):
        name, key = row.plant, (row.plant,)
        loss = input_cell(case, "plants", key, "loss_limit_share")
        hurdle = input_cell(case, "plants", key, "hurdle_rate")
        yield PolicyLimit(
            "viability", name,
            f"what the sponsor of {name} asks for: a return of {100 * row.hurdle_rate:g} % and, in the bad tail, a "
            f"loss of at most {100 * row.loss_limit_share:g} % of its equity",
            (hurdle, loss), lambda case: case,
            (rising(loss, row.loss_limit_share, 0.01, 2.0), falling(hurdle, row.hurdle_rate, 0.0025, 0.0)), name,
        )  # fmt: skip


def _gain_caps(case: Case) -> Iterator[PolicyLimit]:
    for row in case.rows("plants"):
        if row.status != "candidate" or row.profit_cap_share is None:
            continue
        cell = input_cell(case, "plants", (row.plant,), "profit_cap_share")
        yield PolicyLimit(
            "over-compensation cap", row.plant,
            f"over-compensation cap of {row.plant}: {100 * row.profit_cap_share:g} % of capex", (cell,),
            _setting((cell.path, ENOUGH_SHARE)), (rising(cell, row.profit_cap_share, 0.01, ENOUGH_SHARE),),
            helps=row.plant,
        )  # fmt: skip


def _support(case: Case) -> Iterator[PolicyLimit]:
    for row in case.rows("support"):
        if row.instrument == "debt":
            continue
        key = (row.plant, row.instrument, row.programme)
        share = input_cell(case, "support", key, "max_share_of_capex")
        capex = case.row("plants", row.plant).capex_musd
        cells, changes, words = [share], [(share.path, 1.0)], f"{100 * row.max_share_of_capex:g} % of capex"
        levers = [rising(share, row.max_share_of_capex, 0.01, 1.0)]
        if row.max_musd is not None:
            most = input_cell(case, "support", key, "max_musd")
            cells.append(most)
            changes.append((most.path, max(capex, row.max_musd)))
            levers.append(rising(most, row.max_musd, 1.0, max(capex, row.max_musd)))
            words = f"{plain_number(row.max_musd)} musd and {words}"
        name = f"{row.instrument} to {row.plant} from {row.programme}"
        yield PolicyLimit(
            "support limit", name, f"limit of the {name}: {words}", tuple(cells), _setting(*changes), tuple(levers),
            helps=row.plant,
        )  # fmt: skip


def _stock(case: Case) -> Iterator[PolicyLimit]:
    largest = 1e8
    for row in case.rows("stockpiles"):
        name, key = row.stockpile, (row.stockpile,)
        if row.programme is not None and row.tranches:
            rate = input_cell(case, "stockpiles", key, "max_purchase_t_per_year")
            step = max(1.0, round(row.max_purchase_t_per_year / 100.0))
            yield PolicyLimit(
                "purchase limit", name,
                f"most that {name} may buy: {plain_number(row.max_purchase_t_per_year)} t/yr", (rate,),
                _setting((rate.path, _plenty(case, row))), (rising(rate, row.max_purchase_t_per_year, step, largest),),
            )  # fmt: skip
        if row.capacity_t is not None:
            room = input_cell(case, "stockpiles", key, "capacity_t")
            step = max(1.0, round(row.capacity_t / 100.0))
            yield PolicyLimit(
                "stockpile capacity", name, f"capacity of {name}: {plain_number(row.capacity_t)} t", (room,),
                _setting((room.path, "none")), (rising(room, row.capacity_t, step, largest),),
            )  # fmt: skip


def _plenty(case: Case, stock: Any) -> float:
    """More than a stockpile would ever buy in a year, t: ten years of demand."""
    asked = sum(
        row.base_t_per_year * (1.0 + max(row.growth_per_year, 0.0)) ** 30
        for row in case.rows("demand")
        if row.material == stock.material
    )
    return float(max(10.0 * asked, 10.0 * stock.max_purchase_t_per_year, 1.0))


def _start_years(case: Case) -> Iterator[PolicyLimit]:
    first = case.settings.horizon.first_year
    for row in (row for row in case.rows("plants") if row.status == "candidate"):
        if min(row.start_years) <= first:
            continue
        cell = input_cell(case, "plants", (row.plant,), "start_years")
        yield PolicyLimit(
            "start years", row.plant, f"start years of {row.plant}: {cell.value}", (cell,),
            _setting((cell.path, (first, *row.start_years))), (start_year_lever(cell, row.start_years, first),),
        )  # fmt: skip


def _programme_years(case: Case) -> Iterator[PolicyLimit]:
    horizon = case.settings.horizon
    for row in case.rows("programmes"):
        first = input_cell(case, "programmes", (row.programme,), "first_year")
        last = input_cell(case, "programmes", (row.programme,), "last_year")
        levers = (
            year_lever(first, row.first_year, min(horizon.first_year, row.first_year)),
            year_lever(last, row.last_year, max(horizon.last_year, row.last_year)),
        )
        changes = [(lever.cell.path, lever.value(lever.steps)) for lever in levers if lever.steps]
        if changes:
            yield PolicyLimit(
                "programme years", row.programme,
                f"years of {row.programme}: {row.first_year} to {row.last_year}", (first, last),
                _setting(*changes), tuple(lever for lever in levers if lever.steps),
            )  # fmt: skip
