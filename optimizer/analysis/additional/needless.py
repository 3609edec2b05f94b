"""Each plant of a plan, with its support and without: on which price paths it would have paid for itself anyway."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.analysis.alone import Outlook, PlantAlone
from optimizer.analysis.answer import in_words
from optimizer.analysis.break_even.needs import in_fault
from optimizer.analysis.standing import ContractTerms
from optimizer.data.row import Row

FloatArray = NDArray[np.float64]

PLANTS = (
    "plant", "route", "start_year", "support", "stopped_by", "short_by_musd", "unaided_paths_share",
    "unaided_expected_npv_musd", "unaided_tail_npv_musd", "outlay_musd", "deadweight_musd",
    "deadweight_of_outlay_share", "needed_outlay_musd", "needless_paid_musd", "needless_returned_musd",
    "expected_npv_musd", "beyond_need_musd",
)  # fmt: skip
OUTLAYS = ("plant", "item", "instrument", "programme", "outlay_musd", "deadweight_musd", "needed_musd", "stock_musd")
PAYS = 1e-9
"""A path pays for the plant if its net present value is not below zero by more than this, musd."""


def judged(outlook: Outlook, awards: pd.DataFrame, financing: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plants and items of outlay, from the tables ``awards`` and ``financing`` of a plan.

    Columns as in :func:`optimizer.analysis.additional.additionality.additionality`.
    """
    plants, items = [], []
    for name, own in awards.groupby("plant", sort=False):
        plant, route = str(name), str(own["route"].iloc[0])
        if route == "running":
            row, mine = _running(plant, own)
        else:
            money = financing[(financing["plant"] == plant) & (financing["instrument"] != "debt")]
            row, mine = _built(outlook.alone(plant, int(own["start_year"].iloc[0])), route, own, money)
        plants.append(row)
        items += mine
    return pd.DataFrame(plants, columns=list(PLANTS)), pd.DataFrame(items, columns=list(OUTLAYS))


def _running(plant: str, own: pd.DataFrame) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A plant that runs anyway: all that is paid to it is paid for what would have been."""
    items = [
        _item(plant, contract, form, pot, paid, paid)
        for contract, form, pot, paid in own[
            ["contract", "instrument", "programme", "expected_payment_musd"]
        ].itertuples(index=False)
    ]
    outlay = sum(item["outlay_musd"] for item in items)
    facts: dict[str, Any] = dict.fromkeys(PLANTS, math.nan)
    facts |= {"plant": plant, "route": "running", "support": in_words([str(item["item"]) for item in items])}
    facts |= {"stopped_by": "", "unaided_paths_share": 1.0, "outlay_musd": outlay, "deadweight_musd": outlay}
    facts |= {"deadweight_of_outlay_share": _ratio(outlay, outlay), "needed_outlay_musd": 0.0}
    return facts, items


def _built(
    alone: PlantAlone, route: str, own: pd.DataFrame, money: pd.DataFrame
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    case, weight = alone.outlook.case, alone.outlook.paths.weight
    unaided = alone.standing()
    pays = unaided.npv >= -PAYS
    terms, given = list(_contracts(alone, own)), list(_support(alone, money))
    items, words, outlay = [], [], np.zeros(len(weight))
    for contract in terms:
        paid = alone.payoff(contract)[1]
        row = contract.row
        items.append(_by_path(alone.plant, row.contract, row.form, row.programme, paid, pays, weight))
        words.append(f"{contract.row.contract} at {contract.strike:g} USD/kg")
        outlay = outlay + paid
    for row, amount in given:
        paid = np.broadcast_to(alone.standing(support=[(row, amount)]).outlay, weight.shape)
        items.append(_by_path(alone.plant, row.instrument, row.instrument, row.programme, paid, pays, weight))
        words.append(f"{amount:,.1f} musd of {row.instrument}")
        outlay = outlay + paid
    standing = alone.standing(terms, support=given)
    stopped = in_fault(unaided)
    needed = case.row("plants", alone.plant).requires
    if not stopped and route != "private":
        stopped = f"needs {needed}" if needed else "nothing"
    expected, deadweight = float(weight @ outlay), float(weight @ np.where(pays, outlay, 0.0))
    return {
        "plant": alone.plant,
        "route": route,
        "start_year": alone.start_year,
        "support": in_words(words),
        "stopped_by": stopped,
        "short_by_musd": 0.0 if unaided.viable else -unaided.slack,
        "unaided_paths_share": float(weight @ pays),
        "unaided_expected_npv_musd": unaided.expected_npv,
        "unaided_tail_npv_musd": unaided.tail_npv,
        "outlay_musd": expected,
        "deadweight_musd": deadweight,
        "deadweight_of_outlay_share": _ratio(deadweight, expected),
        "needed_outlay_musd": expected - deadweight,
        "needless_paid_musd": float(weight @ np.where(pays, np.maximum(outlay, 0.0), 0.0)),
        "needless_returned_musd": float(weight @ np.where(pays, np.maximum(-outlay, 0.0), 0.0)),
        "expected_npv_musd": standing.expected_npv,
        "beyond_need_musd": standing.spare if terms or given else 0.0,
    }, items  # fmt: skip


def _contracts(alone: PlantAlone, own: pd.DataFrame) -> Iterator[ContractTerms]:
    signed = own[own["contract"].notna()]
    columns = ["contract", "strike_usd_per_kg", "volume_t_per_year"]
    for contract, strike, volume in signed[columns].itertuples(index=False):
        row = alone.outlook.case.row("contracts", contract)
        yield ContractTerms(row, float(strike), float(volume) / 1000.0 / alone.output)


def _support(alone: PlantAlone, money: pd.DataFrame) -> Iterator[tuple[Row, float]]:
    rows = alone.outlook.case.rows("support")
    for instrument, programme, amount in money[["instrument", "programme", "musd"]].itertuples(index=False):
        kind = (alone.plant, instrument, programme)
        yield next(row for row in rows if (row.plant, row.instrument, row.programme) == kind), float(amount)


def _by_path(
    plant: str, item: str, instrument: str, pot: str, paid: FloatArray, pays: NDArray[np.bool_], weight: FloatArray
) -> dict[str, Any]:
    return _item(plant, item, instrument, pot, float(weight @ paid), float(weight @ np.where(pays, paid, 0.0)))


def _item(plant: str, item: str, instrument: str, pot: str, outlay: float, deadweight: float) -> dict[str, Any]:
    return {
        "plant": plant,
        "item": item,
        "instrument": instrument,
        "programme": pot,
        "outlay_musd": outlay,
        "deadweight_musd": deadweight,
        "needed_musd": outlay - deadweight,
        "stock_musd": 0.0,
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > PAYS else math.nan
