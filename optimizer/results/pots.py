"""Tables of public money: what pots are used up by, what is paid out when, and what stock it buys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.results.awards import INSTRUMENTS
from optimizer.terms.finance import cvar, quantile

FloatArray = NDArray[np.float64]


def programmes_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """One row per pot: budget, what the awards use up by its scoring rule, and the present value of what is paid out.

    Outlays count grants, equity and loans when disbursed, contract payments net of what plants pay back, and stock
    purchases; returns on equity and loan repayments are in ``expected_net_musd`` only.
    """
    awards, weight = instance.awards, instance.awards.path_weight
    rows = []
    for programme in case.rows("programmes"):
        g = programme.programme
        face = {k: {o: v for o, v in outcome.awards[k].items() if o[2] == g} for k in INSTRUMENTS}
        paid = np.zeros(len(weight))
        for offer, volume in outcome.awards["volume"].items():
            if awards.contracts.programme[offer[0]] == g:
                paid = paid + volume * awards.contracts.outlay[offer]
        disbursed = sum(
            amount * float(awards.spend_share[option[:2]] @ awards.discount)
            for kind in INSTRUMENTS
            for option, amount in face[kind].items()
        )
        stock = _stock_cost(instance, outcome, g)
        scored = {
            "grants_scored_musd": sum(face["grant"].values()),
            "equity_scored_musd": programme.equity_score_share * sum(face["equity"].values()),
            "loans_scored_musd": programme.loan_subsidy_rate * sum(face["loan"].values()),
            "contracts_scored_musd": contract_score(paid, weight, programme.contract_scoring, programme.scoring_alpha),
            "stock_scored_musd": stock,
        }
        net = stock + float(weight @ paid)
        for kind, cost in (
            ("grant", awards.support.grant_net_outlay),
            ("equity", awards.support.equity_net_outlay),
            ("loan", awards.support.loan_net_outlay),
        ):
            net += sum(amount * cost[option] for option, amount in face[kind].items())
        outlay = disbursed + stock + paid
        rows.append(
            {
                "programme": g,
                "name": programme.name,
                "scoring": programme.contract_scoring,
                "budget_musd": programme.budget_musd,
                "scored_musd": sum(scored.values()),
                **scored,
                "left_musd": programme.budget_musd - sum(scored.values()),
                "expected_musd": float(weight @ outlay),
                "p95_musd": float(quantile(outlay, weight, 0.95)),
                "worst_musd": float(outlay.max()),
                "expected_net_musd": net,
            }
        )
    return pd.DataFrame(rows)


def contract_score(paid: FloatArray, weight: FloatArray, rule: str, alpha: float) -> float:
    """What contracts use up of a pot, musd: expected, tail mean or worst present value, never below zero.

    >>> contract_score(np.array([-10.0, 30.0]), np.array([0.5, 0.5]), "expected", 0.95)
    10.0
    >>> contract_score(np.array([-10.0, 30.0]), np.array([0.5, 0.5]), "worst", 0.95)
    30.0
    """
    score = {"expected": float(weight @ paid), "worst": float(paid.max())}
    return max(0.0, score[rule] if rule in score else float(cvar(paid, weight, alpha)))


def _stock_cost(instance: Instance, outcome: Outcome, programme: str) -> float:
    awards = instance.awards
    discount = dict(zip(awards.outlay_years, awards.discount.tolist(), strict=True))
    spent = (
        awards.stock.price[m, year] * discount[year] * outcome.awards["purchase_rate"].get((m, tranche), 0.0)
        for (m, year), tranche in awards.stock.tranche_of.items()
        if awards.stock.programme[m] == programme
    )
    return float(sum(spent))


def outlays_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Expected outlay by programme, kind and year, musd, not discounted."""
    awards = instance.awards
    rows: list[dict[str, Any]] = []

    def add(programme: str, kind: str, amounts: FloatArray) -> None:
        rows.extend(
            {"programme": programme, "kind": kind, "year": year, "expected_musd": float(a)}
            for year, a in zip(awards.outlay_years, amounts, strict=True)
            if a != 0.0
        )

    for kind in INSTRUMENTS:
        for option, amount in outcome.awards[kind].items():
            add(option[2], kind, amount * awards.spend_share[option[:2]])
    for offer, volume in outcome.awards["volume"].items():
        add(awards.contracts.programme[offer[0]], "contract", volume * awards.contracts.expected_payment[offer])
    for (m, year), tranche in awards.stock.tranche_of.items():
        spent = awards.stock.price[m, year] * outcome.awards["purchase_rate"].get((m, tranche), 0.0)
        if spent:
            rows.append(
                {"programme": awards.stock.programme[m], "kind": "stockpile", "year": year, "expected_musd": spent}
            )
    frame = pd.DataFrame(rows, columns=["programme", "kind", "year", "expected_musd"])
    return frame.groupby(["programme", "kind", "year"], sort=True)[["expected_musd"]].sum().reset_index()


def stockpile_table(case: Any, instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Planned purchases and stock per stockpile and year (t), and the expected purchase price."""
    awards = instance.awards
    rows = []
    for stock in case.rows("stockpiles"):
        name, level = stock.stockpile, stock.opening_t
        for year in awards.years:
            tranche = awards.stock.tranche_of.get((name, year))
            bought = 1000.0 * outcome.awards["purchase_rate"].get((name, tranche), 0.0) if tranche is not None else 0.0
            level = level * (1.0 - stock.loss_per_year) + bought
            price = awards.stock.price.get((name, year), np.nan)
            rows.append(
                {
                    "stockpile": name,
                    "region": stock.region,
                    "material": stock.material,
                    "year": year,
                    "purchase_t": bought,
                    "price_usd_per_kg": price,
                    "cost_musd": bought / 1000.0 * price if bought else 0.0,
                    "stock_t": level,
                }
            )
    return pd.DataFrame(rows)
