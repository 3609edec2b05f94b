"""What binds, the certificate, the manifest, and the sources with their grades."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from markupsafe import Markup

from optimizer.report.html.binding import binding_table
from optimizer.report.html.blocks import Section, Table, Words, section, sentence
from optimizer.report.html.material import Material

GRADES = {
    "A": "primary text or data",
    "B": "secondary source",
    "B-": "second-hand",
    "C": "recalled, an assumption",
    "computed": "computed from sourced rows",
    "judgement": "assumed by the authors of the case",
}
LIMITS = (
    "Prices are given from outside: allied supply does not move them, beyond the stated regimes.",
    "The plan is the best only to within the stated gap, and only as good as the figures: those graded judgement are "
    "assumptions.",
    "Within one future, supply is planned with that future's years ahead in sight. Stock is bought on a schedule fixed "
    "beforehand.",
    "Sponsors' losses are overstated where debt would limit them, and needed strikes with them.",
)


def binds(page: Material) -> Section:
    """Limits that the plan uses up."""
    table = binding_table(page)
    sheet = page.sheets.add(
        "binding", "Limits and how far the plan uses them up", table,
        {"kind": "kind", "item": "limit on", "unit": "unit", "limit": "limit", "used": "used", "left": "left",
         "binds": "binds"},
    )  # fmt: skip
    tight = table[table["binds"]]
    said = [_bound(page, at) for at in tight.index]
    lead = (
        sentence("Limits that leave nothing, and targets that are missed:")
        if said
        else sentence("No limit listed here binds.")
    )
    note = sentence(
        "A limit that binds is one to ask about: what a little more of it would be worth needs the case solved again "
        "(optimizer prices, optimizer explain)."
    )
    blocks = [Words((lead,)), Words(tuple(said), as_list=True) if said else None, Table(sheet), Words((note,), "note")]
    return section("binds", "What binds", blocks)


def _bound(page: Material, at: int) -> Markup:
    kind, item = (str(cell) for cell in page.sheets.by_name["binding"].rows[at][:2])
    used, limit = (page.sheets.number("binding", at, column) for column in ("used", "limit"))
    unit = str(page.sheets.by_name["binding"].rows[at][2])
    unit = "" if unit == "share" else f" {unit}"
    if page.sheets.by_name["binding"].rows[at][3] == 0:
        return sentence("{} {}: {}{}.", kind.capitalize(), item, used, unit)
    return sentence("{} {}: {}{} of {}{}.", kind.capitalize(), item, used, unit, limit, unit)


def certificate(page: Material) -> Section:
    """How the plan was checked, and with what it was made."""
    found = page.certificate
    blocks: list[Any] = []
    if found is None:
        blocks.append(Words((sentence("The plan was not worked out again."),)))
    else:
        frame = pd.DataFrame(
            [
                (
                    check.name,
                    "holds" if check.passed else "FAILS",
                    check.items,
                    check.unit,
                    _tiny(check.worst),
                    _tiny(check.relative),
                )
                for check in found.checks
            ],
            columns=["check", "result", "items", "check_unit", "worst_violation", "relative"],
        )
        sheet = page.sheets.add(
            "certificate", "Every check", frame,
            {"check": "check", "result": "result", "items": "numbers", "worst_violation": "worst violation",
             "check_unit": "unit", "relative": "of its size"},
        )  # fmt: skip
        words = sentence(
            "The plan was worked out again from the case and its tables alone, without model or solver: {}.", found.line
        )
        blocks += [Words((words,)), Words(tuple(found.notes), "note", as_list=True) if found.notes else None]
        blocks += [Words((sentence("The lower bound is {}.", found.bound),), "note"), Table(sheet, folded=True)]
    blocks.append(Table(page.sheets.add("manifest", "With what the run was made", _manifest(page)), folded=True))
    blocks.append(
        Table(
            page.sheets.add("search", "The search", page.solution.report.drop(columns="seconds", errors="ignore")),
            folded=True,
        )
    )
    return section("certificate", "Certificate and manifest", blocks)


def _tiny(value: float) -> str | None:
    return f"{value:.1e}" if value > 0.0 else None


def _manifest(page: Material) -> pd.DataFrame:
    run = page.solution.run
    rows: list[tuple[str, str]] = [("case", page.solution.case_name)]
    for key, value in run.items():
        if isinstance(value, dict):
            rows += [(f"{key}: {name}", _text(inner)) for name, inner in value.items()]
        elif value is not None:
            rows.append((key.replace("_", " "), _text(value)))
    if page.provenance.code is not None:
        rows.append(("SHA-256 of the program", page.provenance.code))
    rows += [(f"SHA-256 of {name}", seal) for name, seal in page.provenance.inputs.items()]
    return pd.DataFrame(rows, columns=["what", "is"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def sources(page: Material) -> Section:
    """Rows by grade and table, and the sources."""
    case = page.case.in_key_order()
    counts: dict[tuple[str, str], int] = {}
    used: dict[str, int] = {}
    for table, frame in case.tables.items():
        if "grade" not in frame or table == "sources":
            continue
        for source, grade in zip(frame["source"], frame["grade"], strict=True):
            counts[str(grade), table] = counts.get((str(grade), table), 0) + 1
            for name in str(source).split(";"):
                used[name] = used.get(name, 0) + 1
    grades = [
        (grade, GRADES.get(grade, ""), sum(n for (g, _), n in counts.items() if g == grade))
        for grade in case.grade_mix()
    ]
    by_grade = page.sheets.add(
        "grades", "Input rows by grade of evidence", pd.DataFrame(grades, columns=["grade", "meaning", "rows"])
    )
    by_table = page.sheets.add(
        "grades_by_table", "Input rows by grade and table",
        pd.DataFrame([(g, t, n) for (g, t), n in sorted(counts.items())], columns=["grade", "table", "rows"]),
    )  # fmt: skip
    listed = pd.DataFrame(
        [
            (row.source, row.title, row.date, row.address, row.note, used.get(row.source, 0))
            for row in case.rows("sources")
        ],
        columns=["source", "title", "date", "address", "note", "used_in_rows"],
    )  # fmt: skip
    at = page.sheets.row_of("grades", grade="judgement")
    words: Markup = sentence("")
    if at is not None:
        words = sentence("{} rows of the inputs rest on judgement.", page.sheets.number("grades", at, "rows"))
    table = page.sheets.add("sources", "Sources", listed)
    tables = [Table(by_grade), Table(by_table, folded=True), Table(table, folded=True)]
    return section("sources", "Sources and their grades", [Words((words,)), *tables])


def limits() -> Section:
    """What a plan cannot tell."""
    return section("limits", "What this cannot tell", [Words(LIMITS, as_list=True)])
