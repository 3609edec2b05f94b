"""Hours, days, months, quarters and years as written in files.

``2026-03-01T05``, ``2026-03-01``, ``2026-03``, ``2026-Q1``, ``2026``. Hours are named by their beginning, on a clock
without summer time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from optimizer.data.cells import CellError

Kind = Literal["hour", "day", "month", "quarter", "year"]
KINDS: tuple[Kind, ...] = ("hour", "day", "month", "quarter", "year")
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
_WRITTEN = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})"
    r"(?:-Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>[0-3][0-9])(?:T(?P<hour>[01][0-9]|2[0-3]))?)?)?"
)


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of time from ``start`` up to but not including ``end``; ordered by start."""

    start: datetime
    end: datetime
    kind: Kind = field(compare=False)

    def holds(self, other: Period) -> bool:
        """Whether all of the other lies in this one.

        >>> parse_period("2026-Q1").holds(parse_period("2026-03")), parse_period("2026-03").holds(parse_period("2026"))
        (True, False)
        """
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two have any time in common."""
        return self.start < other.end and other.start < self.end

    def __str__(self) -> str:
        match self.kind:
            case "hour":
                return f"{self.start:%Y-%m-%dT%H}"
            case "day":
                return f"{self.start:%Y-%m-%d}"
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
            case _:
                return str(self.start.year)


def parse_period(text: str) -> Period:
    """The period written so. Raises CellError for anything else, also for days that do not exist.

    >>> [str(parse_period(text)) for text in ("2026-03-01T05", "2026-03-01", "2026-03", "2026-Q1", "2026")]
    ['2026-03-01T05', '2026-03-01', '2026-03', '2026-Q1', '2026']
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise _not_a_period()
    parts = {name: int(digits) for name, digits in found.groupdict().items() if digits is not None}
    month = parts.get("month", 3 * parts.get("quarter", 1) - 2)
    kind: Kind = next(name for name in KINDS if name in parts)
    try:
        moment = datetime(parts["year"], month, parts.get("day", 1), parts.get("hour", 0))
    except ValueError as error:
        raise _not_a_period() from error
    return period_at(moment, kind)


def _not_a_period() -> CellError:
    remedy = "Write 2026 (year), 2026-Q1, 2026-03 (month), 2026-03-01 (day) or 2026-03-01T05 (hour)."
    return CellError("period-cell", "is not a period", remedy)


def period_at(moment: datetime, kind: Kind) -> Period:
    """The period of a kind in which a moment lies.

    >>> str(period_at(datetime(2026, 5, 17, 13), "quarter"))
    '2026-Q2'
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "hour":
        hour = moment.replace(minute=0, second=0, microsecond=0)
        return Period(hour, hour + timedelta(hours=1), kind)
    if kind == "day":
        return Period(midnight, midnight + timedelta(days=1), kind)
    length = MONTHS[kind]
    first = midnight.replace(month=(moment.month - 1) // length * length + 1, day=1)
    return Period(first, months_later(first, length), kind)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day of the month, so many months on (back if negative), for days that every month has.

    >>> months_later(datetime(2026, 2, 1), -3)
    datetime.datetime(2025, 11, 1, 0, 0)
    """
    count = moment.year * 12 + moment.month - 1 + months
    return moment.replace(year=count // 12, month=count % 12 + 1)


def shifted(period: Period, months: int) -> Period:
    """A month, quarter or year moved by months; it keeps its length and its kind.

    >>> later = shifted(parse_period("2026-Q1"), -1)
    >>> later.start, later.end
    (datetime.datetime(2025, 12, 1, 0, 0), datetime.datetime(2026, 3, 1, 0, 0))
    """
    if months == 0:
        return period
    return Period(months_later(period.start, months), months_later(period.end, months), period.kind)


def parts_of(period: Period, kind: Kind) -> list[Period]:
    """The periods of a shorter kind that make up a period; the one around it if the kind is longer.

    >>> [str(part) for part in parts_of(parse_period("2026-Q1"), "month")]
    ['2026-01', '2026-02', '2026-03']
    >>> [str(part) for part in parts_of(parse_period("2026-03"), "quarter")]
    ['2026-Q1']
    """
    found = [period_at(period.start, kind)]
    while found[-1].end < period.end:
        found.append(period_at(found[-1].end, kind))
    return found
