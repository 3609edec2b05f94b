"""The reference of every term and column, written from their declarations."""

from __future__ import annotations

from pydantic import BaseModel

from optimizer.data.schema import Table
from optimizer.settlement.reading import NO_LOT, PRICES, REPORTED, VOLUMES
from optimizer.settlement.terms import Terms


def reference_text() -> str:
    """Tables in Markdown: every section and key of ``terms.toml``, then every column of the CSV files.

    >>> reference_text().splitlines()[0]
    '### terms.toml'
    """
    lines = ["### terms.toml", ""]
    for name, field in Terms.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        words = " ".join((model.__doc__ or "").split())
        lines += [f"`[{name}]` {words}", "", "| key | default | meaning |", "|---|---|---|"]
        for key, inner in model.model_fields.items():
            default = "required" if inner.is_required() else f"`{_default(key, inner.default)}`"
            lines.append(f"| `{key}` | {default} | {inner.description} |")
        lines.append("")
    lines += ['`[evidence]` A term in quotes, as `"payoff.strike"`, to its grade and source in words.', ""]
    for table in (PRICES, VOLUMES, REPORTED):
        lines += _columns(table)
    return "\n".join(lines).rstrip("\n") + "\n"


_WORD_FOR_NONE = {"upside_threshold": "strike"}


def _default(key: str, value: object) -> str:
    if value is None:
        return _WORD_FOR_NONE.get(key, "none")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[]"
    return str(value)


def _columns(table: Table) -> list[str]:
    lines = [
        f"### {table.name}.csv",
        "",
        table.words,
        "",
        "| column | kind | required | meaning |",
        "|---|---|---|---|",
    ]
    for column in table.all_columns:
        choices = f" One of {', '.join(f'`{word}`' for word in column.choices)}." if column.choices else ""
        required = "yes" if column.required else "no"
        lines.append(f"| `{column.name}` | {column.kind} | {required} | {column.words}{choices} |")
    if table is VOLUMES:
        lines += ["", f"The lot `{NO_LOT}` is the same as a blank one."]
    return [*lines, ""]
