"""Every strike on every menu, priced on its own: what it costs the public and what it does for the sponsor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.terms.finance import lower_tail_mean, quantile

COLUMNS = (
    "contract",
    "plant",
    "form",
    "programme",
    "start_year",
    "strike_usd_per_kg",
    "volume_t_per_year",
    "expected_payment_musd",
    "p95_payment_musd",
    "worst_payment_musd",
    "expected_npv_musd",
    "tail_npv_musd",
    "tail_limit_musd",
    "enough_alone",
    "signed",
)


def offers_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """One row per contract, start year and strike, at the largest share it may cover.

    Payments are present values at the public rate, musd. ``expected_npv_musd`` and ``tail_npv_musd`` are the sponsor's
    with this contract and nothing else, no debt; ``tail_limit_musd`` is what its loss limit allows, ``enough_alone``
    whether both conditions hold. For plants that run anyway they are the gain from the contract, without a limit.
    """
    awards, weight = instance.awards, instance.awards.path_weight
    contracts, plants = awards.contracts, awards.plants
    rows = []
    for offer in contracts.offers:
        name, start, strike = offer
        plant = contracts.plant[name]
        volume = contracts.share_max[name] * contracts.output[name, start]
        paid = volume * contracts.outlay[offer]
        npv = volume * contracts.sponsor_gain[offer]
        limit = -np.inf
        if (plant, start) in plants.npv:
            npv = npv + plants.npv[plant, start]
            limit = -plants.loss_limit[plant] * plants.spend_factor[plant, start] * plants.capex[plant, start]
        expected, tail = float(weight @ npv), float(lower_tail_mean(npv, weight, awards.sponsor_alpha))
        signed = outcome.awards["signed"].get(offer, 0.0) > 0.5
        rows.append(
            (
                name,
                plant,
                case.row("contracts", name).form,
                contracts.programme[name],
                start,
                strike,
                volume * 1000.0,
                float(weight @ paid),
                float(quantile(paid, weight, 0.95)),
                float(paid.max()),
                expected,
                tail,
                limit if np.isfinite(limit) else np.nan,
                expected >= 0.0 and tail >= limit,
                signed,
            )
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
