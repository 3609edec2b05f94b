"""How the plan of a case moves with embargo hazard, the size of the pots and the protection sponsors ask for.

    python examples/how_the_plan_moves.py mp-materials            prints a Markdown table
    python examples/how_the_plan_moves.py mp-materials --write    also puts it into the README of the bundled case

A plan that never moves, or always buys everything, would mean that the case or the formulation is wrong.
"""

# %%
from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from optimizer import Case, NoPlanError, Solution, read_case, solve

HAZARDS = (0.0, 0.05, 0.15, 0.35)
POTS = (0.5, 2.0)
LOSS_LIMITS = (0.0, 0.5, 2.0)
MARKER = "<!-- how the plan moves -->"


# %%
def variants(case: Case) -> Iterator[tuple[str, Case]]:
    """Named variations of a case. Hazards of all its disruptions are scaled together to a total per year."""
    yield "as given", case
    total = sum(row.hazard_per_year for row in case.rows("disruptions"))
    for hazard in HAZARDS:
        yield f"embargo hazard {hazard:.0%} a year", case.set("scenarios.hazard_scale", hazard / total)
    for factor in POTS:
        scaled = case
        for row in case.rows("programmes"):
            scaled = scaled.set(f"programmes.{row.programme}.budget_musd", row.budget_musd * factor)
        yield f"pots × {factor:g}", scaled
    for scale in LOSS_LIMITS:
        yield f"tail loss sponsors accept × {scale:g}", case.set("viability.loss_limit_scale", scale)


# %%
def describe(name: str, solution: Solution) -> dict[str, str]:
    """One row of the table."""
    awards, programmes, stock = (solution.tables[t] for t in ("awards", "programmes", "stockpile"))
    supported = awards[awards["route"] == "supported"]
    comparison = solution.tables["breakdown"].set_index("term")
    contracts = [
        f"{row.contract} {row.strike_usd_per_kg:g}" for row in awards.itertuples() if isinstance(row.contract, str)
    ]
    return {
        "variation": name,
        "plants supported": ", ".join(dict.fromkeys(supported["plant"])) or "none",
        "contracts at strike (USD/kg)": ", ".join(contracts) or "none",
        "grants + equity + loans (musd)": f"{supported[['grant_musd', 'equity_musd', 'loan_musd']].sum().sum():,.0f}",
        "stock bought (t)": f"{stock['purchase_t'].sum():,.0f}",
        "net outlay, expected (musd)": f"{programmes['expected_net_musd'].sum():,.0f}",
        "outlays, sum of P95 (musd)": f"{programmes['p95_musd'].sum():,.0f}",
        "shortage, with / without plan (musd)": f"{comparison.loc['shortage', 'unweighted_musd']:,.0f} / "
        f"{comparison.loc['shortage', 'without_plan_musd']:,.0f}",
        "gap": f"{solution.gap:.2%}",
    }


def table(case: Case, paths: int | None, futures: int | None, gap: float | None) -> str:
    """The whole table as Markdown."""
    rows: list[dict[str, str]] = []
    for name, variant in variants(case):
        try:
            rows.append(describe(name, solve(variant, paths=paths, futures=futures, gap=gap)))
        except NoPlanError as error:
            rows.append({"variation": name, "plants supported": f"no plan: {error}"})
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(row.get(head, "") for head in heads) + " |" for row in rows]
    return "\n".join(lines)


# %%
def main() -> None:
    """Read the arguments, solve the variations, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", help="a bundled case or a folder")
    parser.add_argument("--paths", type=int, help="price paths (default: the case's)")
    parser.add_argument("--futures", type=int, help="futures (default: the case's)")
    parser.add_argument("--gap", type=float, help="relative gap (default: the case's)")
    parser.add_argument("--write", action="store_true", help="put the table into inputs/<case>/README.md")
    arguments = parser.parse_args()
    text = table(read_case(arguments.case), arguments.paths, arguments.futures, arguments.gap)
    print(text)
    if arguments.write:
        readme = Path(__file__).parents[1] / "inputs" / arguments.case / "README.md"
        between = re.compile(f"({MARKER}\n).*?(\n{MARKER})", re.DOTALL)
        readme.write_text(
            between.sub(lambda m: m[1] + text + m[2], readme.read_text(encoding="utf-8")), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
