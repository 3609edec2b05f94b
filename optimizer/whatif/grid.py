"""Many what-ifs from a few figures that vary: every combination, side by side, or a sample of the space."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import numpy as np
from scipy.stats import qmc

from optimizer.data.cells import CellError, parse_integer, parse_number
from optimizer.data.schema import TABLES
from optimizer.data.settings_file import section_model
from optimizer.errors import SettingError
from optimizer.whatif.grammar import Change, Target, parse_change

Sampling = Literal["sobol", "latin"]
MOST = 1_000_000
"""Runs of one grid: more is a slip of the pen."""


@dataclass(frozen=True)
class Varied:
    """A figure that varies: ``name`` heads its column, ``values`` as text; samples lie between ``low`` and ``high``.

    ``whole``: the figure is a year or a count, and so are its samples.
    """

    name: str
    start: str
    values: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    whole: bool = False

    def change(self, value: str) -> str:
        """The change that gives the figure this value."""
        return f"{self.start}{value}"


def parse_varied(text: str) -> Varied:
    """Read ``PATH=first:last:count``, ``PATH=a,b,c`` or, for samples, ``PATH=low:high``. Operators work as in changes.

    >>> parse_varied("programmes.dod_equity.budget_musd=200:800:4").values
    ('200', '400', '600', '800')
    >>> parse_varied("plants[region=us].capex_musd*=0.8,1,1.2").name
    'plants[region=us].capex_musd *='
    """
    change = parse_change(text)
    if change.action in ("drop", "append"):
        raise SettingError(f"'{text}': only figures vary. Write PATH=first:last:count or PATH=a,b,c.")
    path = change.target.path
    name = path if change.action == "=" else f"{path} {change.action}"
    start = f"{path} {change.action} "
    if ":" not in change.value:
        values = tuple(word.strip() for word in change.value.split(","))
        if not all(values):
            raise SettingError(f"'{text}': a value is missing between commas.")
        return Varied(name, start, values)
    parts = change.value.split(":")
    if len(parts) not in (2, 3):
        raise SettingError(f"'{text}': write first:last:count, or low:high for a sample.")
    low, high = (_number(change, word) for word in parts[:2])
    if len(parts) == 2:
        whole = change.action not in ("*=", "/=") and _is_whole(change.target)
        if whole and math.ceil(low) > math.floor(high):
            raise SettingError(f"'{text}': no whole number lies between {parts[0]} and {parts[1]}.")
        return Varied(name, start, (), low, high, whole)
    count = _count(change, parts[2])
    return Varied(name, start, tuple(_word(value) for value in np.linspace(low, high, count)), low, high)


def combinations(varied: Sequence[Varied], *, side_by_side: bool = False) -> list[tuple[str, ...]]:
    """Values of every run, one for each varied figure: all combinations, or first with first, second with second, …

    >>> combinations([parse_varied("a.b.c=1,2"), parse_varied("a.b.d=3,4")], side_by_side=True)
    [('1', '3'), ('2', '4')]
    """
    _distinct(varied)
    for one in varied:
        if not one.values:
            raise SettingError(f"{one.name}: low:high is for samples. Write first:last:count, or ask for samples.")
    if side_by_side:
        lengths = {one.name: len(one.values) for one in varied}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name} has {count}" for name, count in lengths.items())
            raise SettingError(f"figures that vary side by side need equally many values: {said}.")
        return list(zip(*(one.values for one in varied), strict=True))
    count = int(np.prod([len(one.values) for one in varied], dtype=float))
    if count > MOST:
        raise SettingError(f"{count:,} combinations are too many (at most {MOST:,}). Take a sample instead.")
    return list(product(*(one.values for one in varied)))


def sampled(
    varied: Sequence[Varied], count: int, *, seed: int = 0, sampling: Sampling = "sobol"
) -> list[tuple[str, ...]]:
    """Values of ``count`` runs spread evenly over the box between low and high of every figure; lists are drawn from.

    Whole numbers from low to high are equally likely. Where figures are whole or from lists, points of the sample may
    coincide: each is there once, so that there may be fewer runs than ``count``.

    Source: I. M. Sobol', USSR Computational Mathematics and Mathematical Physics 7 (1967), scrambled; M. D. McKay,
    R. J. Beckman and W. J. Conover, Technometrics 21 (1979) for Latin hypercubes.
    """
    _distinct(varied)
    if not 1 <= count <= MOST:
        raise SettingError(f"{count:,} samples cannot be taken (1 to {MOST:,} can).")
    draw = qmc.Sobol(len(varied), rng=seed) if sampling == "sobol" else qmc.LatinHypercube(len(varied), rng=seed)
    size = 1 << max(count - 1, 0).bit_length() if sampling == "sobol" else count
    points = draw.random(size)[:count]
    found = [tuple(_at(one, float(u)) for one, u in zip(varied, point, strict=True)) for point in points]
    return list(dict.fromkeys(found))


def _at(one: Varied, u: float) -> str:
    if one.low is not None and one.high is not None:
        if one.whole:
            first, last = math.ceil(one.low), math.floor(one.high)
            return str(min(first + int(u * (last - first + 1)), last))
        return _word(one.low + u * (one.high - one.low))
    return one.values[min(int(u * len(one.values)), len(one.values) - 1)]


def _is_whole(target: Target) -> bool:
    """Whether a target is a column or a setting of whole numbers.

    >>> _is_whole(Target("contracts.mp-ndpr-floor.tenor_years")), _is_whole(Target("scenarios.hazard_scale"))
    (True, False)
    """
    table, _, rest = target.path.partition(".")
    if target.filtered or table in TABLES:
        table, column = (target.table, target.column) if target.filtered else (table, rest.rpartition(".")[2])
        columns = TABLES[table].all_columns if table in TABLES else ()
        return any(one.name == column and one.kind == "integer" for one in columns)
    parts = target.path.split(".")
    model = section_model(parts[:-1])
    field = model.model_fields.get(parts[-1]) if model is not None else None
    return field is not None and int in (field.annotation, *get_args(field.annotation))


def _distinct(varied: Sequence[Varied]) -> None:
    if not varied:
        raise SettingError(
            "nothing varies. Give at least one figure, e.g. programmes.dod_equity.budget_musd=200:800:4."
        )
    names = [one.name for one in varied]
    for name in names:
        if names.count(name) > 1:
            raise SettingError(f"{name}: varies twice. Put all its values into one list.")


def _word(value: float) -> str:
    """A number as a person would write it.

    >>> _word(600.0), _word(0.1 + 0.2)
    ('600', '0.3')
    """
    text = f"{value:.12g}"
    return text if float(text) == value or abs(float(text) - value) <= 1e-11 * abs(value) else repr(value)


def _number(change: Change, word: str) -> float:
    try:
        return parse_number(word.strip())
    except CellError as problem:
        raise SettingError(f"'{change.text}': '{word}' {problem.problem}. {problem.remedy}") from None


def _count(change: Change, word: str) -> int:
    try:
        count = parse_integer(word.strip())
    except CellError as problem:
        raise SettingError(f"'{change.text}': '{word}' {problem.problem}. {problem.remedy}") from None
    if not 1 <= count <= MOST:
        raise SettingError(f"'{change.text}': {count} values cannot be taken (1 to {MOST:,} can).")
    return count
