"""Figures of a run, each a function from a solution to a Plotly figure.

>>> from optimizer import figures, read_case, solve
>>> solution = solve(read_case("mp-materials"), paths=16, futures=2)
>>> figures.outlay_fan(solution).data[-1].name
'expected'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.figures.costs import cost_waterfall
    from optimizer.figures.flow_chain import chain
    from optimizer.figures.pots import outlay_fan, outlays
    from optimizer.figures.prices import price_fan, strikes
    from optimizer.figures.shares import covered_share
    from optimizer.figures.stock_levels import stock

_HOME = {
    "chain": "optimizer.figures.flow_chain",
    "cost_waterfall": "optimizer.figures.costs",
    "covered_share": "optimizer.figures.shares",
    "outlay_fan": "optimizer.figures.pots",
    "outlays": "optimizer.figures.pots",
    "price_fan": "optimizer.figures.prices",
    "stock": "optimizer.figures.stock_levels",
    "strikes": "optimizer.figures.prices",
}
"""Public name → module, loaded when first asked for: Plotly takes a while."""

__all__ = ["chain", "cost_waterfall", "covered_share", "outlay_fan", "outlays", "price_fan", "stock", "strikes"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer.figures' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
