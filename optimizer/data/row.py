"""One row of a table: read-only, by column name or as attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.display import Notation, PublicMapping, notation, page, shown, table


class Row(Mapping[str, Any], metaclass=PublicMapping):
    """Read-only mapping of column name to value, with attribute access.

    Values: number → float, integer → int, flag → bool, list → tuple, the word ``none`` → None, others → str.
    ``values`` is copied. ``row_number`` is the line in the file (the header is line 1); it takes no part in comparison.

    >>> row = Row({"plant": "mine", "capex_musd": 120.0}, row_number=2)
    >>> row.capex_musd, row["plant"]
    (120.0, 'mine')
    """

    __slots__ = ("_values", "row_number")
    _values: dict[str, Any]
    row_number: int

    def __init__(self, values: Mapping[str, Any], *, row_number: int = 0) -> None:
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "row_number", row_number)

    def __getitem__(self, column: str) -> Any:
        return self._values[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(f"no column {name!r}; columns: {', '.join(self._values)}") from None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("rows are read-only; make a new case with case.set or case.replace")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("rows are read-only; make a new case with case.set or case.replace")

    def __eq__(self, other: object) -> bool:
        return self._values == other._values if isinstance(other, Row) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Row({self._values!r})"

    def _repr_html_(self) -> str:
        cells = [(column, _text(value), notation(column).unit) for column, value in self._values.items()]
        place = f"row {self.row_number}" if self.row_number else "row"
        return page(place, table(("column", "value", "unit"), cells, most=len(cells)))

    def __dir__(self) -> list[str]:
        return sorted([*self._values, "get", "items", "keys", "row_number", "values"])

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._values, self.row_number)


def _text(value: Any) -> str:
    """A value with all its digits.

    >>> _text(1250.0), _text((2028, 2029)), _text(True), _text(None)
    ('1250', '2028, 2029', 'yes', '–')
    """
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, float):
        return f"{value:.12g}"
    return shown(value, Notation(year=True))


def _restore(values: dict[str, Any], row_number: int) -> Row:
    return Row(values, row_number=row_number)
