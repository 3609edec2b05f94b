"""Tables that sum up the detail: supply by origin, shortfalls, futures, exposure, and what the plan buys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.subject import Subject
from optimizer.verification.supply import Supply
from optimizer.verification.world import IN_FORCE, World

FloatArray = NDArray[np.float64]
SHOWN_T = 1e-3
"""Supply of a material below this, in t, may be left out of the table."""
RESOURCE = (
    "capex_annuities",
    "operation",
    "below_minimum",
    "imports",
    "freight",
    "collection",
    "holding",
    "stock_left",
)


def conditions(world: World) -> dict[str, FloatArray]:
    """Weights of the futures by year, shape (futures, years): of the calm one, and of those in which a disruption is in
    force. A year without any such future has none."""
    calm = np.zeros(world.shape)
    calm[0] = 1.0
    struck = np.stack([future.disrupted > IN_FORCE for future in world.futures])
    mass = struck * world.subject.probability[:, None]
    total = mass.sum(axis=0)
    return {"calm": calm, "embargo": np.divide(mass, total, out=np.zeros_like(mass), where=total > 0.0)}


def origins(subject: Subject, world: World, supply: Supply) -> dict[tuple[str, str], FloatArray]:
    """(material, origin) → supply of the allied regions, t/yr: made or bought there at first hand, received from
    outside less what is sent there, scrap and stock released."""
    case = subject.case
    allied = {row.region for row in case.rows("regions") if row.bloc == "allied"}
    out: dict[tuple[str, str], FloatArray] = {}

    def add(material: str, origin: str, amount: FloatArray) -> None:
        out[material, origin] = out.get((material, origin), np.zeros(world.shape)) + amount

    regions = {row.plant: row.region for row in case.rows("plants")}
    for (plant, _), made in supply.produce.items():
        if regions[plant] in allied:
            for material, role, share in world.recipe[plant]:
                if role == "output":
                    add(material, regions[plant], share * made)
    sellers = {(row.supplier, row.step): row for row in case.rows("suppliers")}
    for key, bought in supply.buy.items():
        row = sellers[key[0], key[1]]
        if row.region in allied:
            add(row.material, row.region, bought)
    for (region, scrap, _), collected in supply.scrap.items():
        if region in allied:
            add(scrap, f"{region} scrap", collected)
    for stock in case.rows("stockpiles"):
        if stock.region in allied and (stock.stockpile,) in supply.release:
            add(stock.material, "stockpile", supply.release[stock.stockpile,])
    for (origin, destination, material, _), sent in supply.flow.items():
        if (origin in allied) != (destination in allied):
            add(material, origin, sent if destination in allied else -sent)
    # What a region sends out on balance is nobody's supply.
    return {key: np.where(amount > IN_FORCE, amount, 0.0) for key, amount in out.items()}


def check_supply(book: Book, subject: Subject, world: World, supplies: Mapping[str, Supply]) -> None:
    """Supply of the allied regions by origin, and its shares."""
    table = subject.tables["supply"]
    keys = ("plan", "condition", "material", "year", "origin")
    stated = {tuple(row[:5]): (row[5], row[6]) for row in table[[*keys, "supply_t", "share"]].itertuples(index=False)}
    book.holds("supply by origin stands once", len(stated) == len(table), "supply")
    seen = 0
    for plan, supply in supplies.items():
        by_origin = origins(subject, world, supply)
        for condition, weight in conditions(world).items():
            means = {key: (weight * amount).sum(axis=0) for key, amount in by_origin.items()}
            totals: dict[str, FloatArray] = {}
            for (material, _), amount in means.items():
                totals[material] = totals.get(material, 0.0) + amount
            for (material, origin), amount in means.items():
                total = totals[material]
                rows = [stated.get((plan, condition, material, int(y), origin), (0.0, 0.0)) for y in subject.years]
                seen += sum((plan, condition, material, int(y), origin) in stated for y in subject.years)
                found = np.array(rows, float)
                shown = total > SHOWN_T
                where = subject.year_label(f"supply, {plan} plan, {condition}, {material} from {origin}")
                book.equal("supply of allied regions by origin", "t/yr", found[:, 0], amount * shown, where, total)
                share = np.divide(amount, total, out=np.zeros_like(amount), where=shown)
                book.equal("shares of supply by origin", "share", found[:, 1], share, where)
    book.holds("supply by origin names plans, years, materials and origins of the case", seen == len(table), "supply")


def check_shortfall(book: Book, subject: Subject, world: World, supplies: Mapping[str, Supply]) -> pd.DataFrame:
    """Demand and shortfall by condition; returns them as worked out."""
    rows: list[dict[str, Any]] = []
    none = np.zeros(world.shape)
    for plan, supply in supplies.items():
        for condition, weight in conditions(world).items():
            there = weight.sum(axis=0) > 0.0
            for key, wanted in world.demand.items():
                asked, missed = (weight * wanted).sum(axis=0), (weight * supply.unmet.get(key, none)).sum(axis=0)
                place = {"plan": plan, "condition": condition, "region": key[0], "segment": key[1], "material": key[2]}
                rows += [
                    {**place, "year": int(subject.years[i]), "demand_t": asked[i], "shortfall_t": missed[i]}
                    for i in np.flatnonzero(there)
                ]
    expected = pd.DataFrame(rows)
    keys = ["plan", "condition", "region", "segment", "material", "year"]
    table = subject.tables["shortfall"]
    both = expected.merge(table, on=keys, how="outer", suffixes=("", "_stated"))
    whole = len(both) == len(expected) == len(table)
    book.holds("shortfalls stand once for every demand, year and condition", whole, "shortfall")

    def where(at: tuple[int, ...]) -> str:
        row = both.iloc[at[0]]
        return "shortfall, " + ", ".join(str(row[key]) for key in keys)

    for column in ("demand_t", "shortfall_t"):
        book.equal("demand and shortfalls by condition", "t/yr", both[f"{column}_stated"], both[column], where)
    wanted = both["demand_t"].to_numpy(float)
    met = 1.0 - np.divide(both["shortfall_t"].to_numpy(float), wanted, out=np.zeros_like(wanted), where=wanted > 0.0)
    book.equal("share of demand met", "share", both["share_met"], met, where)
    return expected


def check_futures(book: Book, subject: Subject, world: World) -> None:
    """Probabilities and disrupted shares of the futures, and their exposure before and after the reduction."""
    table = subject.tables["futures"]
    names = np.repeat(subject.futures, len(subject.years))
    whole = len(table) == len(names) and bool((table["future"].to_numpy(object) == names).all())
    whole = whole and np.array_equal(table["year"].to_numpy(float), np.tile(subject.years, len(subject.futures)))
    book.holds("futures are those that the seed gives", whole, "futures")
    if whole:
        where = lambda at: f"futures, row {at[0] + 1}"  # noqa: E731
        probability = np.repeat(subject.probability, len(subject.years))
        book.equal("probabilities of the futures", "share", table["probability"], probability, where)
        struck = np.concatenate([future.disrupted for future in world.futures])
        book.equal("share of each year disrupted", "share", table["disrupted_share"], struck, where)
    rows = subject.draws.exposure
    table = subject.tables["exposure"]
    stated = list(zip(table["origin"], table["material"], table["year"], strict=True))
    whole = stated == [(row.origin, row.material, row.year) for row in rows]
    book.holds("exposure is stated for every origin, material and year", whole, "exposure")
    if whole:
        where = lambda at: f"exposure, row {at[0] + 1}"  # noqa: E731
        for column in ("before", "after"):
            book.equal(
                "exposure before and after the reduction",
                "share",
                table[column],
                [getattr(row, column) for row in rows],
                where,
            )


def check_comparison(
    book: Book,
    subject: Subject,
    terms: Mapping[str, Mapping[str, float]],
    costs: Mapping[str, Mapping[str, FloatArray]],
    shortfall: pd.DataFrame,
) -> None:
    """What the plan buys, from the terms, the futures and the shortfalls as worked out."""
    expected: dict[str, tuple[str, dict[str, float]]] = {}
    for label, parts in (
        ("resource cost, expected", RESOURCE),
        ("shortage cost, expected", ("shortage",)),
        ("net public outlay, expected", ("net_outlay",)),
    ):
        expected[label] = ("musd", {plan: sum(terms[plan][part] for part in parts) for plan in terms})
    worst = {
        plan: float(np.max(sum(costs[plan][t] for t in ("imports", "operation", "freight", "shortage"))))
        for plan in costs
    }
    expected["cost of supply in the worst future"] = ("musd", worst)
    groups = ["condition", "segment", "plan"]
    for part in shortfall.groupby(groups)[["demand_t", "shortfall_t"]].sum().reset_index().to_dict(orient="records"):
        when = "in calm years" if part["condition"] == "calm" else "while disrupted"
        share = part["shortfall_t"] / part["demand_t"] if part["demand_t"] else 0.0
        measure = f"{part['segment']} demand not met {when}"
        expected.setdefault(measure, ("share", {}))[1][part["plan"]] = share
    last, supply = subject.years[-1], subject.tables["supply"]
    covered = {row.region for row in subject.case.rows("regions") if row.covered}
    calm = supply[(supply["condition"] == "calm") & (supply["year"] == last) & supply["origin"].isin(covered)]
    for material in {row.material for row in subject.case.rows("materials")}:
        own = calm[calm["material"] == material].groupby("plan")["share"].sum()
        expected[f"{material} from covered countries, calm, {int(last)}"] = ("share", own.to_dict())
    rows = subject.tables["comparison"].to_dict(orient="records")
    names = [row["measure"] for row in rows]
    must = [label for label, (unit, _) in expected.items() if unit == "musd"]
    book.holds("what the plan buys is stated once per measure", len(set(names)) == len(names), "comparison")
    book.holds("what the plan buys is stated once per measure", set(must) <= set(names) <= set(expected), "comparison")
    for row in rows:
        unit, values = expected.get(row["measure"], ("share", {}))
        for plan in ("without", "with"):
            found, where = row[f"{plan}_plan"], f"comparison, {row['measure']}, {plan} plan"
            book.equal(f"what the plan buys, in {unit}", unit, found, values.get(plan, 0.0), where)
