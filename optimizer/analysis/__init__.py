"""Analyses of a case: each a function, a command and a tidy table, with the gap of every solve it rests on."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.analysis.answer import Analysis, Solves, View, read_analysis

_HOME = {
    "Analysis": "optimizer.analysis.answer",
    "Solves": "optimizer.analysis.answer",
    "View": "optimizer.analysis.answer",
    "read_analysis": "optimizer.analysis.answer",
}
"""Public name → module, loaded when first asked for."""

__all__ = ["Analysis", "Solves", "View", "read_analysis"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optimizer.analysis' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)
