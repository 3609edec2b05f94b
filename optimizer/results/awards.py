"""Tables of what is awarded: plants and their terms, and how every candidate stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.instance.plants import most_debt, private_debt
from optimizer.terms.finance import lower_tail_mean, quantile

FloatArray = NDArray[np.float64]

INSTRUMENTS = ("grant", "equity", "loan")


def sponsor_npv(instance: Instance, outcome: Outcome, plant: str) -> FloatArray:
    """Net present value to the sponsor of a plant in the plan, per price path, musd at its hurdle rate."""
    awards = instance.awards
    plants, support, contracts = awards.plants, awards.support, awards.contracts
    total = np.zeros(len(awards.path_weight))
    for option, built in _of(outcome.awards["build"], plant):
        total += built * plants.npv[option]
    for option, amount in _of(outcome.awards["debt"], plant):
        total += amount * plants.debt_gain[option]
    for option, amount in _of(outcome.awards["grant"], plant):
        total += amount * plants.spend_factor[option[:2]]
    for option, amount in _of(outcome.awards["equity"], plant):
        total += amount * support.equity_gain[option]
    for option, amount in _of(outcome.awards["loan"], plant):
        total += amount * support.loan_gain[option]
    for offer, volume in outcome.awards["volume"].items():
        if contracts.plant[offer[0]] == plant:
            total += volume * contracts.sponsor_gain[offer]
    return total


def _of(values: dict[Any, float], plant: str) -> list[tuple[Any, float]]:
    return [(option, amount) for option, amount in values.items() if option[0] == plant]


def awards_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """One row per plant built and contract signed.

    Financing amounts (musd, face value) stand on a plant's first row only, so that columns can be summed. ``route`` is
    supported, private (enters unaided in every plan) or running (a plant that operates anyway).
    """
    awards, weight = instance.awards, instance.awards.path_weight
    signed = [offer for offer, value in outcome.awards["signed"].items() if value > 0.5]
    built = sorted(option for option, value in outcome.awards["build"].items() if value > 0.5)
    started = {plant for plant, _ in built}
    running = sorted({awards.contracts.plant[o[0]] for o in signed} - started)
    rows = []
    for name, start in [*built, *((plant, None) for plant in running)]:
        plant = case.row("plants", name)
        own: list[Any] = [o for o in signed if awards.contracts.plant[o[0]] == name] or [None]
        for position, offer in enumerate(own):
            first = position == 0
            row: dict[str, Any] = {
                "plant": name,
                "name": plant.name,
                "region": plant.region,
                "stage": plant.stage,
                "product": plant.product,
                "start_year": start,
                "route": "running"
                if start is None
                else "private"
                if name in awards.plants.private_entry
                else "supported",
                "capex_musd": (plant.capex_musd if start is not None else 0.0) if first else 0.0,
            }
            row |= _contract_part(case, instance, outcome, offer)
            amounts = {kind: _amounts(outcome, kind, name) if first else {} for kind in INSTRUMENTS}
            debt = sum(v for o, v in _of(outcome.awards["debt"], name)) if first else 0.0
            if row["route"] == "private" and first:
                debt = private_debt(awards.plants, (name, start), weight, awards.sponsor_alpha) or 0.0
            row |= {f"{kind}_musd": sum(amounts[kind].values()) for kind in INSTRUMENTS}
            row["debt_musd"] = debt
            supported = sum(row[f"{kind}_musd"] for kind in INSTRUMENTS)
            row["sponsor_musd"] = row["capex_musd"] - supported - debt if first else 0.0
            npv = sponsor_npv(instance, outcome, name)
            if row["route"] == "private":
                npv = npv + debt * awards.plants.debt_gain[name, start]
            row["expected_npv_musd"] = float(weight @ npv) if first else 0.0
            row["tail_npv_musd"] = float(lower_tail_mean(npv, weight, awards.sponsor_alpha)) if first else 0.0
            row["programmes"] = _programme_amounts(amounts, offer, instance, row)
            rows.append(row)
    return pd.DataFrame(rows, columns=AWARD_COLUMNS)


AWARD_COLUMNS = (
    "plant",
    "name",
    "region",
    "stage",
    "product",
    "start_year",
    "route",
    "contract",
    "instrument",
    "programme",
    "strike_usd_per_kg",
    "volume_t_per_year",
    "tenor_years",
    "upside_share",
    "capex_musd",
    "grant_musd",
    "equity_musd",
    "loan_musd",
    "debt_musd",
    "sponsor_musd",
    "expected_npv_musd",
    "tail_npv_musd",
    "expected_payment_musd",
    "p95_payment_musd",
    "worst_payment_musd",
    "programmes",
)


def _amounts(outcome: Outcome, kind: str, plant: str) -> dict[str, float]:
    return {option[2]: amount for option, amount in _of(outcome.awards[kind], plant)}


def _programme_amounts(
    amounts: dict[str, dict[str, float]], offer: Any, instance: Instance, row: dict[str, Any]
) -> str:
    """Face amounts and expected present value of contract payments: ``dow-equity 327.3; …`` (musd)."""
    out: dict[str, float] = {}
    for by_programme in amounts.values():
        for programme, amount in by_programme.items():
            out[programme] = out.get(programme, 0.0) + amount
    if offer is not None:
        programme = instance.awards.contracts.programme[offer[0]]
        out[programme] = out.get(programme, 0.0) + row["expected_payment_musd"]
    return "; ".join(f"{programme} {amount:.1f}" for programme, amount in out.items())


def _contract_part(case: Any, instance: Instance, outcome: Outcome, offer: Any) -> dict[str, Any]:
    if offer is None:
        return {
            "contract": None,
            "instrument": None,
            "programme": None,
            "strike_usd_per_kg": np.nan,
            "volume_t_per_year": np.nan,
            "tenor_years": None,
            "upside_share": np.nan,
            "expected_payment_musd": 0.0,
            "p95_payment_musd": 0.0,
            "worst_payment_musd": 0.0,
        }
    contract = case.row("contracts", offer[0])
    volume = outcome.awards["volume"].get(offer, 0.0)
    paid = volume * instance.awards.contracts.outlay[offer]
    weight = instance.awards.path_weight
    return {
        "contract": offer[0],
        "instrument": contract.form,
        "programme": contract.programme,
        "strike_usd_per_kg": offer[2],
        "volume_t_per_year": volume * 1000.0,
        "tenor_years": contract.tenor_years,
        "upside_share": contract.upside_share,
        "expected_payment_musd": float(weight @ paid),
        "p95_payment_musd": float(quantile(paid, weight, 0.95)),
        "worst_payment_musd": float(paid.max()),
    }


def candidates_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """How every candidate and start year stands without support, and whether it is in the plan."""
    awards, weight = instance.awards, instance.awards.path_weight
    rows = []
    for option, npv in awards.plants.npv.items():
        name, start = option
        plant = case.row("plants", name)
        entered = awards.plants.private_entry.get(name) == start
        rows.append(
            {
                "plant": name,
                "region": plant.region,
                "stage": plant.stage,
                "start_year": start,
                "capex_musd": plant.capex_musd,
                "output_t_per_year": awards.plants.output[option] * 1000.0,
                "expected_npv_alone_musd": float(weight @ npv),
                "tail_npv_alone_musd": float(lower_tail_mean(npv, weight, awards.sponsor_alpha)),
                "most_debt_alone_musd": most_debt(awards.plants, option),
                "in_plan": outcome.awards["build"].get(option, 0.0) > 0.5,
                "private_entry": entered,
            }
        )
    return pd.DataFrame(rows)
