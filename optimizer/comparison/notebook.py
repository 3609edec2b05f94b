"""Runs side by side as a notebook shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimizer.comparison.lines import CHANGE
from optimizer.display import Notation, bullets, details, frame_html, heading, page

if TYPE_CHECKING:
    from optimizer.comparison.comparison import Comparison

COMPARISON_TABLES = {
    "runs": "one row per run: cost, bound, gap, verification, interval of the true difference",
    "inputs": "settings and cells that differ",
    "plants": "every plant in a plan: route, start year, what finances it",
    "contracts": "every contract: form, pot, strike, tonnage, payments",
    "money": "objective and its terms, weighted",
    "pots": "size, used, left, outlays as present values",
    "covered_origins": "share of allied supply from covered countries",
    "unmet_demand": "share of demand not met",
    "worst_future": "cost and shortage in the worst future",
    "stock": "what is bought when, and the largest stock",
    "shadow_prices": "what one more of each limit saves",
}
"""Table → what it holds."""
RUNS = {
    "run": "run",
    "case": "case",
    "status": "status",
    "objective_musd": "cost",
    "bound_musd": "no plan below",
    "gap": "gap",
    "least_change_musd": "true change, least",
    "most_change_musd": "true change, most",
}


def comparison_html(found: Comparison) -> str:
    """What is said of each run beside the first, the runs, and what differs; what is the same is counted."""
    parts = [bullets(found.verdicts), bullets(found.caveats), frame_html(found.tables["runs"], RUNS)]
    same = []
    for name, frame in found.tables.items():
        if name == "runs":
            continue
        rows = found.differing(name)
        about = found.tables.about.get(name, "")
        if rows.empty:
            same.append(f"{name.replace('_', ' ')}: {len(frame):,} rows, none differs ({about})")
            continue
        names = [str(column) for column in rows.columns]
        notations = {column: Notation(difference=column.startswith(CHANGE)) for column in names[names.index("unit") :]}
        title = f"{name.replace('_', ' ')}: {len(rows):,} of {len(frame):,} rows differ"
        parts += [heading(title), frame_html(rows, {name: name for name in names}, notations=notations)]
    parts.append(details("What does not differ", bullets(same)))
    return page(f"{' · '.join(found.names)}", *parts)
