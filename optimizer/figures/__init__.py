"""Figures of a run or an analysis, each a function that returns a Plotly figure.

>>> from optimizer import figures, read_case, solve
>>> solution = solve(read_case("mp-materials"), paths=16, futures=2)
>>> figures.outlay_fan(solution).data[-1].name
'expected'

Of a ``Solution``: ``chain`` (who supplies whom), ``origins`` (shares by group of countries), ``covered_share`` (of a
material, over the years), ``price_fan``, ``strikes``, ``outlay_fan`` (one pot over the years), ``outlays`` (all pots),
``stock``, ``cost_waterfall``.

Of an ``Analysis``: ``break_even`` and ``needed_strikes`` (``breakeven``), ``frontier``, ``alternatives``, ``tornado``
(``sensitivity``), ``regret``, ``savings_in_fresh_futures`` (``stress``), ``worth_of_knowing`` (``information_value``),
``capacity_worth`` (``shadow_prices``), ``deadweight`` (``additionality``), ``instruments``.

Each raises SettingError for a result of another kind, and if there is nothing to draw.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optimizer.figures.asked import FIGURES, checked

if TYPE_CHECKING:
    from optimizer.figures.analyses import (
        alternatives,
        break_even,
        capacity_worth,
        deadweight,
        frontier,
        instruments,
        needed_strikes,
        regret,
        savings_in_fresh_futures,
        tornado,
        worth_of_knowing,
    )
    from optimizer.figures.costs import cost_waterfall
    from optimizer.figures.flow_chain import chain
    from optimizer.figures.pots import outlay_fan, outlays
    from optimizer.figures.prices import price_fan, strikes
    from optimizer.figures.shares import covered_share
    from optimizer.figures.stock_levels import stock
    from optimizer.figures.supply_origins import origins

__all__ = [
    "alternatives",
    "break_even",
    "capacity_worth",
    "chain",
    "cost_waterfall",
    "covered_share",
    "deadweight",
    "frontier",
    "instruments",
    "needed_strikes",
    "origins",
    "outlay_fan",
    "outlays",
    "price_fan",
    "regret",
    "savings_in_fresh_futures",
    "stock",
    "strikes",
    "tornado",
    "worth_of_knowing",
]


def __getattr__(name: str) -> Any:
    # Plotly takes a while to load, so that a figure is loaded when first asked for.
    if name not in FIGURES:
        raise AttributeError(f"module 'optimizer.figures' has no attribute '{name}'")
    globals()[name] = checked(name, getattr(import_module(FIGURES[name].module), name))
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
