"""What is uncertain year by year: prices, and what each pot pays out, over the price paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.verification.certificate import Book
from optimizer.verification.operation import Planner
from optimizer.verification.pots import Pots
from optimizer.verification.risk import quantile

FloatArray = NDArray[np.float64]


def paid_by_path(pots: Pots, programme: str) -> FloatArray:
    """What a programme pays out, musd/yr, shape (paths, price years): what is fixed, and contract payments per path."""
    fixed = [amounts for kind, amounts in pots.by_year(programme).items() if kind != "contract"]
    out: FloatArray = np.tile(np.sum(fixed, axis=0), (len(pots.planner.weight), 1))
    for signed, floats in pots.contracts:
        if signed.contract.programme == programme:
            out[:, floats.cover.columns] += floats.paid[0]
    return out


def check_yearly_outlays(book: Book, pots: Pots) -> None:
    """Mean, 5 %, median, 95 % and worst of what each pot pays out in every year."""
    table, weight, years = pots.subject.tables["yearly_outlays"], pots.planner.weight, pots.years.astype(int)
    book.holds("outlays stand once per year", not table.duplicated(["programme", "year"]).any(), "yearly_outlays")
    expected = {}
    for programme in pots.case.rows("programmes"):
        paid = paid_by_path(pots, programme.programme)
        for column in np.flatnonzero((paid != 0.0).any(axis=0)):
            expected[programme.programme, int(years[column])] = paid[:, column]
    stated = {(row["programme"], row["year"]): row for row in table.to_dict(orient="records")}
    book.holds("outlays by year stand for every year of paying", set(stated) == set(expected), "yearly_outlays")
    for key, paid in expected.items():
        if key not in stated:
            continue
        figures = {
            "expected_musd": weight @ paid,
            "p05_musd": quantile(paid, weight, 0.05),
            "median_musd": quantile(paid, weight, 0.5),
            "p95_musd": quantile(paid, weight, 0.95),
            "worst_musd": paid.max(),
        }
        for name, value in figures.items():
            where = f"yearly_outlays, {key[0]}, {key[1]}, {name}"
            book.equal("outlays by year over the price paths", "musd/yr", stated[key][name], value, where)


def check_prices(book: Book, planner: Planner) -> None:
    """Mean and quantiles of the yearly average of every price series."""
    table = planner.subject.tables["prices"]
    years = [int(year) for year in planner.subject.years]
    series = [row.series for row in planner.case.rows("price_series") if row.kind != "basis"]
    stated = list(zip(table["series"], table["year"], strict=True))
    whole = stated == [(name, year) for name in series for year in years]
    book.holds("prices stand once for every series and year", whole, "prices")
    if not whole:
        return
    weight = planner.weight
    for name in series:
        yearly = planner.quarterly(name)[:, : len(years)].mean(axis=-1).T
        own = table[table["series"] == name]
        figures = {"expected_usd_per_kg": yearly @ weight}
        for column, q in (("p05", 0.05), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p95", 0.95)):
            figures[f"{column}_usd_per_kg"] = quantile(yearly, weight, q)
        for column, values in figures.items():
            book.equal(
                "prices over the price paths",
                "USD/kg",
                own[column].to_numpy(float),
                values,
                lambda at, n=name, c=column: f"prices, {n}, {years[at[0]]}, {c}",  # type: ignore[misc]
            )
