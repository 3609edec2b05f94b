"""What differs between this run and others, side by side."""

from __future__ import annotations

import pandas as pd

from optimizer.comparison.lines import CHANGE, WITHIN
from optimizer.report.html.blocks import Block, Section, Table, Words, section, sentence
from optimizer.report.html.material import Material

TITLES = {
    "inputs": "Inputs that differ",
    "plants": "Plants that differ",
    "contracts": "Contracts that differ",
    "money": "The objective and its terms, weighted",
    "pots": "Pots that differ",
    "covered_origins": "Shares from covered countries that differ",
    "unmet_demand": "Demand not met",
    "worst_future": "The worst future",
    "stock": "Stock",
    "shadow_prices": "Shadow prices",
}
RUNS = {
    "run": "run", "status": "status", "objective_musd": "cost (musd)", "bound_musd": "bound (musd)", "gap": "gap",
    "change_musd": "change (musd)", "least_change_musd": "best plans differ by, from (musd)",
    "most_change_musd": "to (musd)",
}  # fmt: skip


def differences(page: Material) -> Section:
    """Verdicts, and every table of the comparison with the rows that differ."""
    comparison = page.comparison
    assert comparison is not None
    blocks: list[Block] = [Words(comparison.verdicts, "lead")]
    if comparison.caveats:
        blocks.append(Words(comparison.caveats, as_list=True))
    blocks.append(Table(page.sheets.add("compare_runs", "The runs", comparison.tables["runs"], RUNS)))
    for name in comparison.tables:
        if name == "runs":
            continue
        frame = comparison.differing(name)
        if frame.empty:
            continue
        sheet = page.sheets.add(
            f"compare_{name}", TITLES.get(name, name.replace("_", " ")), _named(frame), only_row_units=True
        )
        blocks.append(Table(sheet, folded=len(frame) > 12))
    note = sentence(
        "A change that is marked as within the gap is worth no more in the objective than the gap of one of the two "
        "plans: it is not a finding."
    )
    return section("differences", "What differs", [*blocks, Words((note,), "note")])


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Marks as words, and a unit that says what a share is."""
    out = frame.copy()
    for column in frame.columns:
        if str(column).startswith(WITHIN):
            out[column] = ["yes" if value is True else "no" if value is False else None for value in frame[column]]
    return out.rename(
        columns={
            column: str(column).replace(CHANGE, "change, ").replace(WITHIN, "within the gap, ") for column in frame
        }
    )
