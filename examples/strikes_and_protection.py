"""Which strike is needed for which downside protection, and what does it cost the Treasury?

    python examples/strikes_and_protection.py             prints both tables for Mountain Pass' NdPr
    python examples/strikes_and_protection.py --write     also puts them into inputs/mp-materials/README.md

The first table prices strikes of every contract form on the menu as they stand. The second asks, for more or less
protection of the sponsor, for the lowest strike of each form at which the plant is viable with that contract alone.
"""

# %%
from __future__ import annotations

import argparse
import re
from pathlib import Path

import pandas as pd

from optimizer import read_case, solve

PLANT = "mountain-pass-ndpr"
STRIKES = (90.0, 100.0, 110.0, 120.0)
LOSS_SHARES = (0.0, 0.25, 0.5, 1.0, 2.0)
FORMS = {"floor": "floor", "cfd": "two-way CfD", "collar": "collar"}
MARKER = "<!-- strikes and protection -->"


# %%
def offers_of_plant() -> pd.DataFrame:
    """Every strike on the menu for the plant's earliest start, priced at the case's own sizes."""
    offers = solve(read_case("mp-materials")).tables["offers"]
    offers = offers[(offers["plant"] == PLANT) & offers["form"].isin(list(FORMS))]
    return offers[offers["start_year"] == offers["start_year"].min()]


# %%
def costs(offers: pd.DataFrame) -> str:
    """What each form costs the Treasury, and leaves the sponsor with, at round strikes."""
    heads = ("form", "strike, USD/kg", "expected, musd", "P95, musd", "worst path, musd", "sponsor's NPV, expected",
             "its mean in the bad tail, musd")  # fmt: skip
    rows = [
        (
            FORMS[offer.form],
            f"{offer.strike_usd_per_kg:g}",
            *(f"{getattr(offer, f'{name}_payment_musd'):,.0f}" for name in ("expected", "p95", "worst")),
            f"{offer.expected_npv_musd:,.0f}",
            f"{offer.tail_npv_musd:,.0f}",
        )
        for offer in offers.itertuples()
        if offer.strike_usd_per_kg in STRIKES
    ]
    return markdown(heads, rows)


# %%
def needed(offers: pd.DataFrame) -> str:
    """The lowest strike that keeps the mean loss in the worst tenth of price paths within a share of the capex."""
    capex = read_case("mp-materials").row("plants", PLANT).capex_musd
    heads = ("loss the sponsor accepts, share of capex", *(f"{words}, USD/kg" for words in FORMS.values()))
    rows = []
    for share in LOSS_SHARES:
        viable = offers[(offers["expected_npv_musd"] >= 0.0) & (offers["tail_npv_musd"] >= -share * capex)]
        lowest = viable.groupby("form")["strike_usd_per_kg"].min()
        rows.append((f"{share:g}", *(f"{lowest[form]:g}" if form in lowest else "above the menu" for form in FORMS)))
    return markdown(heads, rows)


def markdown(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


# %%
def main() -> None:
    """Print the tables, and write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into inputs/mp-materials/README.md")
    arguments = parser.parse_args()
    offers = offers_of_plant()
    text = f"{costs(offers)}\n\n{needed(offers)}"
    print(text)
    if arguments.write:
        readme = Path(__file__).parents[1] / "inputs" / "mp-materials" / "README.md"
        between = re.compile(f"({MARKER}\n).*?(\n{MARKER})", re.DOTALL)
        readme.write_text(
            between.sub(lambda m: m[1] + text + m[2], readme.read_text(encoding="utf-8")), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
