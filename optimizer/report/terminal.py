"""A solution as tables for the terminal, at most 100 columns wide.

Tables read from ``solution.tables``, with these columns; others are ignored, and an absent or empty table is left out:

``awards``         plant, region, stage, start_year, contract, instrument, programme, strike_usd_per_kg,
                   volume_t_per_year, tenor_years, upside_share, capex_musd, grant_musd, equity_musd, loan_musd,
                   debt_musd, sponsor_musd, expected_npv_musd, tail_npv_musd, expected_payment_musd, p95_payment_musd,
                   worst_payment_musd, programmes (text): one row per contract signed, and one per plant built without a
                   contract (its contract cells are blank)
``private_entry``  plant: built without support, in every plan
``programmes``     programme, budget_musd, scored_musd, expected_musd, p95_musd, worst_musd: outlays as present values
``stockpile``      stockpile, material, year, purchase_t, stock_t: planned; the stock at the end of the year
``supply``         material, year, condition (calm, embargo), plan (with, without), origin, supply_t: what allied
                   regions use, by where it was made
``shortfall``      material, year, condition, plan, segment, demand_t, shortfall_t
``comparison``     measure, unit, without_plan, with_plan: what the plan buys
``yearly_outlays`` programme, year, expected_musd, p95_musd: not discounted
``breakdown``      term, musd: sums to the objective
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TextIO

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.report.console import show
from optimizer.report.grid import FigureHead, Head, new_table
from optimizer.report.notation import ABSENT, figure, share, word, year
from optimizer.report.reported import ReportedSolution
from optimizer.report.yearly import covered_shares, stock_line, year_span, yearly_outlays
from optimizer.results.termination import plan_words

SMALL_SHARE = 0.02
SITUATIONS = (("calm", "without"), ("calm", "with"), ("embargo", "without"), ("embargo", "with"))


def print_solution(solution: ReportedSolution, file: TextIO | None = None) -> None:
    """Print a solution; on stdout unless another file is given."""
    show(solution_view(solution), file)


def print_fields(title: str, fields: Mapping[str, str], file: TextIO | None = None) -> None:
    """Print names and what belongs to each, in two columns; on stdout unless another file is given."""
    table = Table.grid(padding=(0, 2))
    for name, words in fields.items():
        table.add_row(name, words)
    show(_titled(title, table), file)


def solution_view(solution: ReportedSolution) -> RenderableType:
    """All tables of a solution, one below the other."""
    parts: list[RenderableType] = [_heading(solution)]
    for name, view in _VIEWS:
        rows = solution.tables.get(name)
        shown = None if rows is None or rows.empty else view(rows)
        if shown is not None:
            parts += [Text(), shown]
        if name == "supply" and shown is not None and solution.case is not None:
            covered = [row.region for row in solution.case.rows("regions") if row.covered]
            lines = covered_shares(solution.tables[name], covered)
            parts += [] if lines is None else [Text(), lines]
    breakdown = solution.tables.get("breakdown")
    if breakdown is not None and not breakdown.empty:
        parts += [Text(), _breakdown(breakdown, solution.objective_musd)]
    if solution.sources:
        grades = ", ".join(f"{grade} {rows}" for grade, rows in sorted(solution.sources.items()) if rows)
        parts += [Text(), Text(f"Input rows by grade of evidence: {grades}")]
    if solution.certificate is not None:
        parts += [Text(), Text(solution.certificate.line)]
    return Group(*parts)


def _heading(solution: ReportedSolution) -> RenderableType:
    gap = ABSENT
    if solution.gap is not None and solution.bound_musd is not None:
        gap = f"{100.0 * solution.gap:.3f} % ({figure(solution.objective_musd - solution.bound_musd)} musd)"
    return Text(
        f"{solution.title}\n{solution.case_name}: {plan_words(solution.termination)}\n"
        f"objective {figure(solution.objective_musd)} musd · bound {figure(solution.bound_musd)} musd · gap {gap} · "
        f"{figure(solution.seconds)} s\n{_proof(solution.run)}musd: million USD, real, present value"
    )


def _proof(run: Mapping[str, Any]) -> str:
    """Who vouches for the bound, and what is proved without the solver's word."""
    if "bound_from" not in run:
        return ""
    proved = run.get("bound_certified_musd")
    words = "" if proved is None else f"; weak duality proves {figure(proved)} musd"
    return f"bound from {run['bound_from']}{words}\n"


def _contracts(awards: pd.DataFrame) -> RenderableType:
    table = _table(("plant", "region", "stage", "form"), _TERMS)
    for row in _records(awards):
        table.add_row(
            *(word(row[name]) for name in ("plant", "region", "stage", "instrument")),
            year(row["start_year"]),
            figure(row["strike_usd_per_kg"]),
            figure(row["volume_t_per_year"], 0),
            figure(row["tenor_years"], 0),
            share(row["upside_share"], 0),
        )
    return _titled("Plants and contracts", table)


_TERMS = ("start", "strike\nUSD/kg", "volume\nt/yr", "tenor\nyears", "upside\nshare")


def _payments(awards: pd.DataFrame) -> RenderableType | None:
    signed = awards[awards["contract"].fillna("") != ""]
    if signed.empty:
        return None
    table = _table(("contract", "pot"), ("expected\nmusd", "P95\nmusd", "worst\nmusd"))
    for row in _records(signed):
        paid = (figure(row[f"{name}_payment_musd"]) for name in ("expected", "p95", "worst"))
        table.add_row(word(row["contract"]), word(row["programme"]), *paid)
    return _titled("What contracts pay over their tenor, net of what plants pay back", table)


def _finance(awards: pd.DataFrame) -> RenderableType | None:
    backed = awards[awards["route"] == "supported"].drop_duplicates("plant")
    if backed.empty:
        return None
    money = ("capex", "grant", "equity", "loan", "debt", "sponsor", "expected_npv", "tail_npv")
    headers = ("capex", "grant", "public\nequity", "loan", "private\ndebt", "sponsor", "expected\nNPV", "tail\nNPV")
    table = _table(("plant",), headers)
    for row in _records(backed):
        table.add_row(word(row["plant"]), *(figure(row[f"{name}_musd"]) for name in money))
    lines = [f"  {row['plant']}: {row['programmes']}" for row in _records(backed) if row["programmes"]]
    shown = _titled("Finance of supported plants, musd (NPV to the sponsor; tail: mean of its worst paths)", table)
    return Group(shown, Text("\n".join(["Pots behind them, musd:", *lines]))) if lines else shown


def _private_entry(rows: pd.DataFrame) -> RenderableType:
    return Text("Built without support, with the plan or without: " + ", ".join(sorted(set(rows["plant"].map(str)))))


def _programmes(rows: pd.DataFrame) -> RenderableType:
    money = ("budget", "scored", "expected", "p95", "worst")
    headers = ("budget\nmusd", "scored\nmusd", "expected\nmusd", "P95\nmusd", "worst\nmusd")
    table = _table(("pot",), headers)
    for row in _records(rows):
        table.add_row(word(row["programme"]), *(figure(row[f"{name}_musd"]) for name in money))
    return _titled("Pots: size, what the plan uses up, and outlays (present values)", table)


def _stockpile(rows: pd.DataFrame) -> RenderableType:
    figures = ("bought\nt", "first\nyear", "last\nyear", "largest\nt", f"end of year\n{year_span(rows)}")
    table = _table(("stockpile", "material"), figures)
    for (stockpile, material), group in rows.groupby(["stockpile", "material"], sort=True):
        years = group.loc[group["purchase_t"] > 0.0, "year"]
        first, last = (None, None) if years.empty else (years.min(), years.max())
        bought, largest = group["purchase_t"].sum(), group["stock_t"].max()
        line = stock_line(group.sort_values("year")["stock_t"].tolist())
        table.add_row(
            str(stockpile), str(material), figure(bought, 0), year(first), year(last), figure(largest, 0), line
        )
    return _titled("Stock (a mark a year, from 0 to the largest)", table)


def _supply(rows: pd.DataFrame) -> RenderableType:
    last = rows["year"].max()
    table = _table(("material", "origin"), _SITUATION_HEADERS)
    for material, group in rows[rows["year"] == last].groupby("material", sort=True):
        tonnes = _by_situation(group, ["origin"], "supply_t")
        shares = tonnes / tonnes.sum()
        shares = shares.loc[shares.max(axis=1).sort_values(ascending=False, kind="stable").index]
        large = shares.max(axis=1) >= SMALL_SHARE
        listed = [(str(origin), row) for origin, row in shares[large].iterrows()]
        if not large.all():
            listed.append(("other", shares[~large].sum(min_count=1)))
        for position, (origin, row) in enumerate(listed):
            table.add_row("" if position else str(material), origin, *(share(row[s]) for s in SITUATIONS))
    return _titled(f"Where allied supply comes from in {last}", table)


def _shortfall(rows: pd.DataFrame) -> RenderableType:
    table = _table(("material", "segment"), _SITUATION_HEADERS)
    keys = ["material", "segment"]
    unmet = _by_situation(rows, keys, "shortfall_t") / _by_situation(rows, keys, "demand_t")
    for row in _records(unmet.reset_index()):
        table.add_row(*(word(row[(key, "")]) for key in keys), *(share(row[s], 2) for s in SITUATIONS))
    return _titled("Share of demand not met, all years", table)


_SITUATION_HEADERS = ("calm\nno plan", "calm\nwith plan", "embargo\nno plan", "embargo\nwith plan")


def _comparison(rows: pd.DataFrame) -> RenderableType:
    table = _table(("measure", "unit"), ("no plan", "with plan", "change"))
    for row in _records(rows):
        without, having = float(row["without_plan"]), float(row["with_plan"])
        style = share if row["unit"] == "share" else figure
        unit = "" if row["unit"] == "share" else word(row["unit"])
        table.add_row(word(row["measure"]), unit, *map(style, (without, having, having - without)))
    return _titled("What the plan buys", table)


def _breakdown(rows: pd.DataFrame, objective: float) -> RenderableType:
    table = _table(("term",), ("musd", "share"))
    for row in _records(rows[rows["musd"].abs() > 0.0]):
        table.add_row(word(row["term"]), figure(row["musd"]), share(row["musd"] / objective) if objective else ABSENT)
    table.add_section()
    table.add_row("objective", figure(objective), share(1.0))
    return _titled("What the objective is made of (weighted)", table)


_VIEWS: tuple[tuple[str, Callable[[pd.DataFrame], RenderableType | None]], ...] = (
    ("awards", _contracts),
    ("awards", _payments),
    ("awards", _finance),
    ("private_entry", _private_entry),
    ("programmes", _programmes),
    ("yearly_outlays", yearly_outlays),
    ("stockpile", _stockpile),
    ("supply", _supply),
    ("shortfall", _shortfall),
    ("comparison", _comparison),
)


def _titled(title: str, table: Table) -> RenderableType:
    return Group(Text(title, style="bold"), table)


def _table(words: tuple[str, ...], figures: tuple[str, ...]) -> Table:
    return new_table([*map(Head, words), *map(FigureHead, figures)])


def _records(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    return [dict(zip(rows.columns, values, strict=True)) for values in rows.astype(object).itertuples(index=False)]


def _by_situation(rows: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Sums of a column: one row per key, one column per situation, NaN where there are no rows."""
    sums = rows.groupby([*keys, "condition", "plan"], sort=True)[column].sum().unstack(["condition", "plan"])
    return sums.reindex(columns=pd.MultiIndex.from_tuples(SITUATIONS))
