"""Awards side by side: a block per plant that differs, with its terms in each run as one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.comparison import Comparison
from optimizer.report.notation import figure, is_absent, share, word, year

OUT = "not in the plan"


def awards_view(comparison: Comparison, names: Sequence[str], heads: Sequence[str]) -> list[RenderableType]:
    """Supported plants and contracts that differ, then private entrants (built without support) that differ."""
    plants, contracts = comparison.tables["plants"], comparison.tables["contracts"]
    routes = plants[plants["measure"] == "route"].set_index("plant")
    unaided = [plant for plant in routes.index if all(routes.loc[plant, n] in (None, "private") for n in names)]
    texts = {plant: [_terms(plants, contracts, plant, name) for name in names] for plant in routes.index}
    supported = {plant: said for plant, said in texts.items() if plant not in unaided}
    private = {plant: said for plant, said in texts.items() if plant in unaided}
    return [
        _blocks("Awards", supported, heads),
        _blocks("Private entrants (built without support)", private, heads),
    ]


def _blocks(title: str, texts: Mapping[str, Sequence[str]], heads: Sequence[str]) -> RenderableType:
    same = [plant for plant, said in texts.items() if len(set(said)) == 1]
    differ = {plant: said for plant, said in texts.items() if plant not in same}
    parts: list[RenderableType] = [Text(f"{title} that differ" if differ else f"{title}: no difference", style="bold")]
    for plant, said in differ.items():
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for text in dict.fromkeys(said):
            who = ", ".join(head for head, other in zip(heads, said, strict=True) if other == text)
            table.add_row(f"  {who}", text)
        parts += [Text(plant), table]
    if same:
        parts.append(Text("The same terms in all: " + ", ".join(same)))
    return Group(*parts)


def _terms(plants: pd.DataFrame, contracts: pd.DataFrame, plant: str, name: str) -> str:
    own = _measures(plants[plants["plant"] == plant], name)
    if is_absent(own.get("route")):
        return OUT
    start = own.pop("start year", None)
    parts = [f"{own.pop('route')}{'' if is_absent(start) else f', starts {year(start)}'}"]
    signed = contracts[contracts["plant"] == plant]
    for contract in dict.fromkeys(signed["contract"]):
        terms = _measures(signed[signed["contract"] == contract], name)
        if not is_absent(terms.get("form")):
            parts.append(_contract(str(contract), terms))
    own.pop("capex", None)
    parts += [f"{measure} {figure(amount)} musd" for measure, amount in own.items() if not is_absent(amount)]
    if parts == [f"supported, starts {year(start)}"]:
        parts.append("no contract or support of its own, but enters only with this plan")
    return "; ".join(parts)


def _contract(contract: str, terms: Mapping[str, Any]) -> str:
    return (
        f"{contract}: {terms['form']} at {figure(terms['strike'], 2)} USD/kg on {figure(terms['tonnage'], 0)} t/yr for "
        f"{figure(terms['tenor'], 0)} years, upside share {share(terms['upside share'], 0)}, pot {word(terms['pot'])}, "
        f"pays {figure(terms['expected payment'])} musd expected, {figure(terms['P95 payment'])} P95, "
        f"{figure(terms['worst payment'])} worst"
    )


def _measures(rows: pd.DataFrame, name: str) -> dict[str, Any]:
    return {str(measure): value for measure, value in zip(rows["measure"], rows[name], strict=True)}
