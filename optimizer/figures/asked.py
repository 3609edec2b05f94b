"""What is asked of a public figure: the right kind of result, and something in it to draw."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from optimizer.data.nearest import allowed_words
from optimizer.display import readable
from optimizer.errors import SettingError


@dataclass(frozen=True)
class Choice:
    """An argument that names one of the values of a column; ``needed`` if there is none by default."""

    argument: str
    table: str
    column: str
    needed: bool = False


@dataclass(frozen=True)
class Needs:
    """What a figure draws: a solution, or the answer of the analysis ``verb`` with its ``table``.

    ``nothing`` says what it means if there is nothing to draw.
    """

    module: str
    nothing: str
    choices: tuple[Choice, ...] = ()
    verb: str = ""
    function: str = ""
    table: str = ""


def _of_solution(module: str, nothing: str, *choices: Choice) -> Needs:
    return Needs(f"optimizer.figures.{module}", nothing, choices)


def _of_analysis(verb: str, function: str, table: str, *choices: Choice) -> Needs:
    return Needs("optimizer.figures.analyses", f"there is no such row in table {table}", choices, verb, function, table)


_PLANT = Choice("plant", "breakeven", "plant", needed=True)

FIGURES: Mapping[str, Needs] = {
    "alternatives": _of_analysis("alternatives", "alternatives", "alternatives"),
    "break_even": _of_analysis("breakeven", "breakeven", "breakeven", _PLANT),
    "capacity_worth": _of_analysis("prices", "shadow_prices", "plants"),
    "chain": _of_solution("flow_chain", "the plan has no quantities under this condition"),
    "cost_waterfall": _of_solution("costs", "every term of the objective is zero"),
    "covered_share": _of_solution(
        "shares", "no covered country supplies it", Choice("material", "supply", "material", needed=True)
    ),
    "deadweight": _of_analysis("additionality", "additionality", "additionality"),
    "frontier": _of_analysis("frontier", "frontier", "points"),
    "instruments": _of_analysis(
        "instruments", "instruments", "instruments", Choice("plant", "instruments", "plant", needed=True)
    ),
    "needed_strikes": _of_analysis(
        "breakeven", "breakeven", "curves",
        Choice("plant", "curves", "plant", needed=True), Choice("curve", "curves", "curve", needed=True),
    ),
    "origins": _of_solution("supply_origins", "nothing is supplied"),
    "outlay_fan": _of_solution(
        "pots", "no pot pays anything out", Choice("programme", "yearly_outlays", "programme")
    ),
    "outlays": _of_solution("pots", "no pot pays anything out"),
    "price_fan": _of_solution("prices", "no contract is on offer", Choice("series", "prices", "series")),
    "regret": _of_analysis("regret", "regret", "regret"),
    "savings_in_fresh_futures": _of_analysis("stress", "stress", "fresh"),
    "stock": _of_solution("stock_levels", "no stockpile holds anything", Choice("stockpile", "stockpile", "stockpile")),
    "strikes": _of_solution("prices", "no contract is signed"),
    "tornado": _of_analysis("sensitivity", "sensitivity", "tornado"),
    "worth_of_knowing": _of_analysis("information", "information_value", "information"),
}  # fmt: skip
"""Public figure → what it needs."""


def checked(name: str, draw: Callable[..., Any]) -> Callable[..., Any]:
    """The figure, which says in words what it was given wrongly: SettingError, and never half a drawing."""
    needs = FIGURES[name]

    @wraps(draw)
    def figure(result: Any, *arguments: Any, **named: Any) -> Any:
        _require_kind(name, needs, result)
        for position, choice in enumerate(needs.choices):
            given = arguments[position] if position < len(arguments) else named.get(choice.argument)
            _require_choice(name, choice, result, given)
        try:
            drawn = draw(result, *arguments, **named)
        except IndexError:
            drawn = None
        if drawn is None or not drawn.data:
            raise SettingError(f"figures.{name}: there is nothing to draw: {needs.nothing}.")
        return drawn

    readable(figure, _NAMES)
    figure.__doc__ = f"{inspect.cleandoc(draw.__doc__ or '')}\n\n{_words(needs)}"
    return figure


def _words(needs: Needs) -> str:
    kind = f"``analysis`` is the answer of ``optimizer.{needs.function}``."
    if not needs.verb:
        kind = "``solution`` is what ``optimizer.solve`` or ``optimizer.read_run`` returned."
    words = f"{kind} Raises SettingError for anything else, and if there is nothing to draw ({needs.nothing})."
    return textwrap.fill(words, 116)


_NAMES = {"Drawable": "Solution", "Analysed": "Analysis", "go.Figure": "plotly.graph_objects.Figure"}
"""Type → what it is called in public."""


def _require_kind(name: str, needs: Needs, result: Any) -> None:
    tables, verb = getattr(result, "tables", None), getattr(result, "verb", "")
    found = f"an analysis ({verb})" if verb else "None" if result is None else f"a {type(result).__name__}"
    if needs.verb:
        if not isinstance(tables, Mapping) or verb not in ("", needs.verb) or needs.table not in tables:
            raise SettingError(f"figures.{name} draws the answer of {needs.function}(case), not {found}.")
    elif not isinstance(tables, Mapping) or verb or not hasattr(result, "case"):
        raise SettingError(f"figures.{name} draws a Solution, as solve and read_run return it, not {found}.")
    elif result.case is None:
        raise SettingError(f"figures.{name} needs the case of the solution, and this one has none.")


def _require_choice(name: str, choice: Choice, result: Any, given: Any) -> None:
    if choice.table not in result.tables or (given is None and not choice.needed):
        return
    known = sorted({str(value) for value in result.tables[choice.table][choice.column].dropna()})
    if str(given) not in known:
        problem = f"needs {choice.argument}" if given is None else f"has no {choice.argument} '{given}' to draw"
        raise SettingError(f"figures.{name} {problem}. {allowed_words('' if given is None else str(given), known)}")
