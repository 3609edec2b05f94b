"""What the plan buys: the same measures with the plan and without any new award."""

from __future__ import annotations

from typing import Any

import pandas as pd

from optimizer.engine import Outcome
from optimizer.instance import Instance
from optimizer.results.breakdown import TERMS, terms_of


def comparison_table(
    case: Any, instance: Instance, plan: Outcome, baseline: Outcome, supply: pd.DataFrame, shortfall: pd.DataFrame
) -> pd.DataFrame:
    """Measure, unit, without_plan, with_plan."""
    rows: list[dict[str, object]] = []

    def add(measure: str, unit: str, without: float, with_plan: float) -> None:
        rows.append({"measure": measure, "unit": unit, "without_plan": without, "with_plan": with_plan})

    before, after = terms_of(instance, baseline), terms_of(instance, plan)
    resource = [term for term, (weight, _) in TERMS.items() if weight == "resource"]
    add("resource cost, expected", "musd", sum(before[t] for t in resource), sum(after[t] for t in resource))
    for term, label in (("shortage", "shortage cost, expected"), ("net_outlay", "net public outlay, expected")):
        add(label, "musd", before[term], after[term])
    worst = [
        max(
            sum(costs[t] for t in ("imports", "operation", "freight", "shortage"))
            for costs in outcome.supply_costs.values()
        )
        for outcome in (baseline, plan)
    ]
    add("cost of supply in the worst future", "musd", worst[0], worst[1])
    for condition in ("calm", "embargo"):
        _add_shortfall(add, shortfall, condition)
    _add_covered_share(case, add, supply)
    return pd.DataFrame(rows)


def _add_shortfall(add: Any, shortfall: pd.DataFrame, condition: str) -> None:
    struck = shortfall[shortfall["condition"] == condition]
    for segment in sorted(set(struck["segment"])):
        part = struck[struck["segment"] == segment].groupby("plan")[["demand_t", "shortfall_t"]].sum()
        missed = {
            name: row["shortfall_t"] / row["demand_t"] if row["demand_t"] else 0.0 for name, row in part.iterrows()
        }
        if condition == "calm" and max(missed.values(), default=0.0) < 1e-6:
            continue
        when = "in calm years" if condition == "calm" else "while disrupted"
        add(f"{segment} demand not met {when}", "share", missed.get("without", 0.0), missed.get("with", 0.0))


def _add_covered_share(case: Any, add: Any, supply: pd.DataFrame) -> None:
    covered = {row.region for row in case.rows("regions") if row.covered}
    last = case.settings.horizon.last_year
    part = supply[(supply["condition"] == "calm") & (supply["year"] == last)]
    for material in dict.fromkeys(row.material for row in case.rows("materials")):
        here = part[part["material"] == material]
        if here.empty:
            continue
        share = {
            plan: float(rows.loc[rows["origin"].isin(covered), "supply_t"].sum() / rows["supply_t"].sum())
            for plan, rows in here.groupby("plan")
        }
        if max(share.values(), default=0.0) > 0.0:
            add(
                f"{material} from covered countries, calm, {last}",
                "share",
                share.get("without", 0.0),
                share.get("with", 0.0),
            )
