"""Policy questions in the news, each beside the plan that is free: what they cost and what they change.

    python examples/policy_questions.py            prints a Markdown table
    python examples/policy_questions.py --write    also puts it into examples/README.md
    python examples/policy_questions.py mp-materials us-australia --write    those of two cases only

The what-ifs are those in examples/what-ifs.
"""

# %%
from __future__ import annotations

import argparse
import re
from pathlib import Path

from optimizer import LiveCase, NoPlanError, Solution, read_case
from optimizer.whatif import apply
from optimizer.whatif.named import read_what_ifs

FOLDER = Path(__file__).parent
CASES = ("mp-materials", "us-australia", "allied-magnets")
HEADS = (
    "what if", "cost, musd", "more than the free plan, musd", "gap", "public outlay, expected, musd",
    "shortage, musd", "backed (contract at USD/kg)",
)  # fmt: skip


# %%
def backed(solution: Solution) -> str:
    """Plants with support, and their contracts."""
    awards = solution.tables["awards"]
    supported = awards[awards["route"] == "supported"]
    words = [
        f"{row.plant} ({row.form} {row.strike_usd_per_kg:g})" if isinstance(row.contract, str) else str(row.plant)
        for row in supported.rename(columns={"instrument": "form"}).itertuples()
    ]
    return ", ".join(words) or "none"


# %%
def row(title: str, solution: Solution, free: Solution) -> list[str]:
    """One line of the table. A difference that both gaps together could make is marked as no finding."""
    extra = solution.objective_musd - free.objective_musd
    least = solution.bound_musd - free.objective_musd
    most = solution.objective_musd - free.bound_musd
    sure = "" if least > 0.0 or most < 0.0 or solution is free else " (within the gaps)"
    terms = solution.tables["breakdown"].set_index("term")["unweighted_musd"]
    outlay = solution.tables["programmes"]["expected_net_musd"].sum()
    return [
        title, f"{solution.objective_musd:,.1f}", f"{extra:+,.1f}{sure}", f"{solution.gap:.2%}", f"{outlay:,.0f}",
        f"{terms['shortage']:,.0f}", backed(solution),
    ]  # fmt: skip


def table(name: str) -> str:
    """All what-ifs of a case as Markdown."""
    case = read_case(name)
    live = LiveCase(case)
    free = live.solve(baseline=False)
    rows = [row("the plan that is free", free, free)]
    for what_if in read_what_ifs(FOLDER / "what-ifs" / f"{name}.toml").values():
        try:
            rows.append(row(what_if.title, live.solve(apply(case, what_if.changes), baseline=False), free))
        except NoPlanError as error:
            rows.append([what_if.title, f"no plan: {error}", *[""] * (len(HEADS) - 2)])
    lines = ["| " + " | ".join(HEADS) + " |", "|" + " --- |" * len(HEADS)]
    return "\n".join([*lines, *("| " + " | ".join(cells) + " |" for cells in rows)])


# %%
def main() -> None:
    """Read the arguments, solve, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=CASES, help="bundled cases (default: all)")
    parser.add_argument("--write", action="store_true", help="put the tables into examples/README.md")
    arguments = parser.parse_args()
    for name in arguments.cases:
        text = table(name)
        print(f"{name}\n\n{text}\n")
        if arguments.write:
            marker = f"<!-- policy questions: {name} -->"
            page = FOLDER / "README.md"
            between = re.compile(f"({marker}\n).*?(\n{marker})", re.DOTALL)
            page.write_text(between.sub(lambda m, new=text: m[1] + new + m[2], page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
