"""Rules every file, table and cell must keep, by name: what reading itself checks, before tables are compared."""

from __future__ import annotations

from optimizer.errors import Fault

FOLDER = "case folder"
"""Stands for the table in faults of a folder as a whole."""

RULES: dict[str, str] = {
    "folder": "A case is a folder with case.toml and one CSV file per table.",
    "readable-file": "Every file can be opened and is at most 200 MB.",
    "text-encoding": "Every file is UTF-8 text, with or without a byte order mark, and without NUL bytes.",
    "csv-syntax": "Every CSV file has one header, is separated by commas, and its quotes are closed.",
    "table-size": "A table has at most 2,000,000 cells.",
    "workbook-file": "A workbook is an .xlsx file without macros or password, of at most 1,000 parts and 200 MB when "
    "unpacked, at most 100 times its size.",
    "workbook-sheet": "Every sheet of a workbook is settings, columns, a table with its column names in the first row, "
    "or begins with notes; hidden sheets are read and warned of.",
    "workbook-cell": "Cells of a workbook hold values: no errors, formulas without a stored result, merged cells, or "
    "dates other than in texts and months.",
    "unknown-table": "Every CSV file in the folder is a table of the format.",
    "missing-table": "Required tables exist and have at least one row.",
    "unknown-column": "Every column is a column of the table.",
    "missing-column": "Required columns are present.",
    "duplicate-column": "A column appears once.",
    "field-count": "Every row has as many fields as the header.",
    "blank-cell": "Required cells are filled; a limit that is deliberately absent is the word none.",
    "text-cell": "Text has no line breaks or control characters and at most 10,000 characters.",
    "number-cell": "Numbers are plain decimal numbers, finite, without separators, units or signs such as %.",
    "integer-cell": "Years and counts are whole numbers.",
    "flag-cell": "Flags are yes or no.",
    "choice-cell": "Choices are one of the listed words.",
    "list-cell": "Lists are words separated by semicolons, none blank and none twice.",
    "period-cell": "Months are written YYYY-MM.",
    "bounds": "Numbers lie between the column's minimum and maximum.",
    "key-characters": "Keys are 1 to 64 letters, digits, underscores, dots and hyphens, starting with a letter or "
    "digit, and not the words none, any or strike.",
    "duplicate-key": "The key of a table is unique.",
    "range-order": "A low value is at most the value, and the value at most the high value.",
    "unknown-reference": "References name an existing row of the table they refer to.",
    "unknown-source": "Sources are keys of sources.csv, or judgement.",
    "settings-file": "case.toml exists and is valid TOML.",
    "settings-key": "Every key of case.toml is a known setting, and required settings are present.",
    "settings-value": "Every setting has a value of its type within its bounds.",
    "too-many-faults": "Reading of a table stops after 1,000 faults.",
}
"""Name → one sentence. All are errors, but for sheets that are hidden."""


def fault(
    rule: str, table: str, problem: str, remedy: str, *, row: int = 0, column: str = "", value: str = ""
) -> Fault:
    """A fault found by one of the rules; long values are shortened for display.

    >>> str(fault("bounds", "plants", "is below 0", "Give at least 0.", row=7, column="capex_musd", value="-1"))
    "plants.csv row 7, capex_musd: '-1' is below 0. Give at least 0."
    """
    if rule not in RULES:
        raise KeyError(rule)
    return Fault(table, row, column, shown(value), problem, remedy, rule)


def shown(value: str) -> str:
    """A value as shown in messages: printable and at most 60 characters.

    >>> shown("a" * 100)[-3:]
    'aa…'
    """
    printable = "".join(letter if letter.isprintable() else "·" for letter in value[:61])
    return printable if len(value) <= 60 else printable[:59] + "…"
