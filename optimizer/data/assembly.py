"""From sheets to validated tables: read every cell, resolve every reference, run every check, raise once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.data.checks import run_checks
from optimizer.data.inputs import Inputs
from optimizer.data.references import reference_faults
from optimizer.data.row import Row
from optimizer.data.rules import fault
from optimizer.data.schema import TABLES
from optimizer.data.settings_file import FILE
from optimizer.data.sheets import Sheet
from optimizer.data.tables import typed_rows
from optimizer.errors import CaseError, Fault
from optimizer.settings import Settings

Tables = dict[str, tuple[Row, ...]]


def validated(
    settings: Settings | None,
    kept: Mapping[str, tuple[Row, ...]],
    sheets: Mapping[str, Sheet | None],
    faults: Sequence[Fault],
) -> tuple[Settings, Tables, tuple[Fault, ...]]:
    """Settings, tables and warnings of a case.

    ``kept`` are rows already typed, ``sheets`` are to be typed (None: could not be read), ``faults`` were found on
    the way here. Checks run on what is sound, so that one fault does not cause others. Raises ``CaseError`` with all
    errors.
    """
    found = list(faults)
    faulty = {one.table for one in faults}
    tables: Tables = dict(kept)
    for name, sheet in sheets.items():
        rows, of_sheet = ((), []) if sheet is None else typed_rows(sheet, TABLES[name])
        tables[name] = rows
        found.extend(of_sheet)
        if of_sheet or sheet is None:
            faulty.add(name)
    for name, table in TABLES.items():
        if table.required and not tables.get(name) and name not in faulty:
            problem = "has no rows" if name in sheets else "is missing"
            found.append(fault("missing-table", name, problem, f"Give at least one row. {table.words}"))
            faulty.add(name)
    of_references = reference_faults(tables, frozenset(faulty))
    faulty.update(one.table for one in of_references)
    if settings is None:
        faulty.add(FILE)
    found.extend(of_references)
    found.extend(run_checks(Inputs(tables, settings), frozenset(faulty)))
    order = {name: place for place, name in enumerate((FILE, *TABLES))}
    found.sort(key=lambda one: (order.get(one.table, len(order)), one.row))
    errors = [one for one in found if one.severity == "error"]
    if errors or settings is None:
        raise CaseError(errors)
    return settings, {name: tables[name] for name in TABLES if tables.get(name)}, tuple(found)
