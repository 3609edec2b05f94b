"""What binds, the certificate, the manifest, and the sources with their grades."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pandas as pd
from markupsafe import Markup

from optimizer.report.html.binding import binding_sheet, measured
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
QUESTIONS = {
    "breakeven": "what each plant needs and is worth",
    "prices": "what a little more of each limit is worth",
    "frontier": "what is given up for what",
    "alternatives": "which other plans cost little more",
    "instruments": "which other instruments would do",
    "additionality": "what would be built anyway",
    "regret": "which plan holds up whatever comes",
    "stress": "how the plan does in fresh futures",
    "information": "what knowing the future is worth",
    "sensitivity": "which figures decide",
}
"""Analysis → what it answers."""
KINDS = {"plants": "plant", "contracts": "contract", "programmes": "pot"}
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
    sheet = binding_sheet(page)
    binding = sheet.columns.index("binds")
    said = [measured(page, at) for at, row in enumerate(sheet.rows) if row[binding]]
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


def _mix(grades: Counter[str]) -> str:
    return ", ".join(f"{grade} {rows}" for grade, rows in sorted(grades.items()))


def evidence_table(page: Material) -> pd.DataFrame:
    """The input rows of what the plan supports: what, name, grade, source, title. Private entrants are left out."""
    awards = page.tables["awards"]
    awards = awards[awards["route"] != "private"]
    pots = page.tables["programmes"]
    wanted = {
        "plants": list(awards["plant"]),
        "contracts": list(awards["contract"].dropna()),
        "programmes": list(pots[pots["scored_musd"] != 0.0]["programme"]),
    }
    titles = {row.source: row.title for row in page.case.rows("sources")}
    rows = []
    for table, keys in wanted.items():
        for key in dict.fromkeys(keys):
            row = page.case.row(table, key)
            named = "; ".join(titles.get(name, name) for name in row.source)
            rows.append((KINDS[table], key, row.grade, "; ".join(row.source), named))
    return pd.DataFrame(rows, columns=["what", "name", "grade", "source", "title"])


def sources(page: Material) -> Section:
    """Rows by grade and table, and the sources."""
    case = page.case.in_key_order()
    counts: dict[tuple[str, str], int] = {}
    used: dict[str, Counter[str]] = defaultdict(Counter)
    for table, frame in case.tables.items():
        if "grade" not in frame or table == "sources":
            continue
        for source, grade in zip(frame["source"], frame["grade"], strict=True):
            counts[str(grade), table] = counts.get((str(grade), table), 0) + 1
            for name in source:
                used[name][str(grade)] += 1
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
            (row.source, row.title, row.date, row.address, row.note, used[row.source].total(), _mix(used[row.source]))
            for row in case.rows("sources")
        ],
        columns=["source", "title", "date", "address", "note", "used_in_rows", "grades_of_these"],
    )  # fmt: skip
    at = page.sheets.row_of("grades", grade="judgement")
    words: Markup = sentence("")
    if at is not None:
        words = sentence("{} rows of the inputs rest on judgement.", page.sheets.number("grades", at, "rows"))
    table = page.sheets.add("sources", "Sources", listed)
    behind = page.sheets.add("evidence", "What the plan's plants, contracts and pots rest on", evidence_table(page))
    tables = [
        Table(by_grade),
        Table(behind) if behind.rows else None,
        Table(by_table, folded=True),
        Table(table, folded=True),
    ]
    return section("sources", "Sources and their grades", [Words((words,)), *tables])


def limits(page: Material) -> Section:
    """What a plan cannot tell, and what was not asked."""
    asked = {analysis.verb for analysis in page.analyses}
    missing = [f"{words} ({verb})" for verb, words in QUESTIONS.items() if verb not in asked]
    blocks: list[Any] = [Words(LIMITS, as_list=True)]
    if missing:
        words = sentence(
            "Not asked for this page: {}. Each is a command, optimizer NAME {} --out FOLDER; its answer is added by "
            "--analysis FOLDER.",
            "; ".join(missing),
            page.solution.case_name,
        )
        blocks.append(Words((words,), "note"))
    return section("limits", "What this cannot tell", blocks)
