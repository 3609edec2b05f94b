"""Cells: each kind reads what it should, and refuses what general parsers let through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimizer.data.cells import CellError, cell_text, parse_cell
from optimizer.data.schema import Column

NUMBER = Column("x", "number", "", minimum=0.0, maximum=1e6)
LIMIT = Column("x", "number", "", minimum=0.0, allows=("none",))
INTEGER = Column("x", "integer", "", minimum=2000, maximum=2100)
FLAG = Column("x", "flag", "")
CHOICE = Column("x", "choice", "", choices=("floor", "cfd"))
YEARS = Column("x", "list", "", items="integer")
NAMES = Column("x", "list", "", refers_to="regions", allows=("any",))
TEXT = Column("x", "text", "")
PERIOD = Column("x", "period", "")
OPTIONAL = Column("x", "number", "", required=False, default=0.5)
OPTIONAL_LIMIT = Column("x", "integer", "", required=False, default="none", allows=("none",))
STRIKE = Column("x", "number", "", required=False, default="strike", allows=("strike",))
COMPANION = Column("x_low", "number", "", required=False)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (NUMBER, " 12.50 ", 12.5),
        (NUMBER, "1e5", 100000.0),
        (NUMBER, ".5", 0.5),
        (NUMBER, "7.", 7.0),
        (INTEGER, "2027", 2027),
        (FLAG, "yes", True),
        (FLAG, "no", False),
        (CHOICE, "cfd", "cfd"),
        (YEARS, "2027;2029", (2027, 2029)),
        (NAMES, "us; japan", ("us", "japan")),
        (NAMES, "any", ("any",)),
        (LIMIT, "none", None),
        (TEXT, "Ames, Iowa — plant №1", "Ames, Iowa — plant №1"),
        (TEXT, "none", "none"),
        (PERIOD, "2026-03", "2026-03"),
        (OPTIONAL, "", 0.5),
        (OPTIONAL_LIMIT, "", None),
        (OPTIONAL_LIMIT, "none", None),
        (STRIKE, "", "strike"),
        (STRIKE, "strike", "strike"),
        (COMPANION, "", None),
    ],
)
def test_reads(column: Column, text: str, value: Any) -> None:
    read = parse_cell(column, text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        (NUMBER, "1_000", "number-cell"),
        (NUMBER, "1,000", "number-cell"),
        (NUMBER, "12,5", "number-cell"),
        (NUMBER, "1 000", "number-cell"),
        (NUMBER, "nan", "number-cell"),
        (NUMBER, "NA", "number-cell"),
        (NUMBER, "inf", "number-cell"),
        (NUMBER, "1e400", "number-cell"),
        (NUMBER, "1e99999", "number-cell"),
        (NUMBER, "٣٤", "number-cell"),
        (NUMBER, "１２", "number-cell"),
        (NUMBER, "0x10", "number-cell"),
        (NUMBER, "50%", "number-cell"),
        (NUMBER, "$110", "number-cell"),
        (NUMBER, "\N{MINUS SIGN}5", "number-cell"),
        (NUMBER, "none", "number-cell"),
        (NUMBER, "9" * 5000, "number-cell"),
        (NUMBER, "-0.1", "bounds"),
        (NUMBER, "1000001", "bounds"),
        (NUMBER, "", "blank-cell"),
        (LIMIT, "", "blank-cell"),
        (LIMIT, "None", "number-cell"),
        (INTEGER, "2027.0", "integer-cell"),
        (INTEGER, "٢٠٢٧", "integer-cell"),
        (INTEGER, "9" * 5000, "integer-cell"),
        (INTEGER, "1999", "bounds"),
        (FLAG, "Yes", "flag-cell"),
        (FLAG, "1", "flag-cell"),
        (CHOICE, "flor", "choice-cell"),
        (YEARS, "2027;;2029", "list-cell"),
        (YEARS, "2027;2027", "list-cell"),
        (YEARS, "2027,2029", "integer-cell"),
        (NAMES, "any;us", "list-cell"),
        (TEXT, "two\nlines", "text-cell"),
        (TEXT, "trailing line break\r\n", "text-cell"),
        (TEXT, "bell\x07", "text-cell"),
        (TEXT, "a" * 10_001, "text-cell"),
        (PERIOD, "2026-13", "period-cell"),
        (PERIOD, "03/2026", "period-cell"),
    ],
)
def test_refuses(column: Column, text: str, rule: str) -> None:
    with pytest.raises(CellError) as caught:
        parse_cell(column, text)
    assert caught.value.rule == rule


def test_refusal_of_a_choice_names_the_nearest() -> None:
    with pytest.raises(CellError) as caught:
        parse_cell(CHOICE, "flor")
    assert caught.value.remedy == "Did you mean 'floor'? Allowed: cfd, floor."


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (NUMBER, 0.1, "0.1"),
        (NUMBER, np.float64(2.5), "2.5"),
        (NUMBER, 3, "3"),
        (NUMBER, float("nan"), ""),
        (NUMBER, pd.NA, ""),
        (NUMBER, pd.NaT, ""),
        (NUMBER, True, "true"),
        (INTEGER, np.int64(2027), "2027"),
        (INTEGER, 2027.0, "2027"),
        (INTEGER, 2027.5, "2027.5"),
        (FLAG, np.True_, "yes"),
        (LIMIT, None, "none"),
        (COMPANION, None, ""),
        (YEARS, [2027, np.int64(2029)], "2027;2029"),
        (NAMES, ("us", "japan"), "us;japan"),
    ],
)
def test_values_become_text(column: Column, value: Any, text: str) -> None:
    assert cell_text(column, value) == text


@pytest.mark.parametrize("value", [{}, object(), b"1", 10**400])
def test_values_of_other_kinds_are_refused(value: Any) -> None:
    with pytest.raises(CellError):
        cell_text(NUMBER, value)


@pytest.mark.parametrize("value", [1e-300, 1 / 3, 123456.789, 1e5, 0.1 + 0.2])
def test_numbers_survive_writing_and_reading(value: float) -> None:
    assert parse_cell(NUMBER, cell_text(NUMBER, value)) == value


def test_a_span_of_years_is_answered_with_a_list() -> None:
    with pytest.raises(CellError) as caught:
        parse_cell(YEARS, "2028-2030")
    assert (caught.value.problem, caught.value.remedy) == (
        "is not a whole number", "Write whole numbers with semicolons, e.g. 2027;2028.",
    )  # fmt: skip
