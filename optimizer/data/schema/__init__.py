"""The input format: every table and column, declared once."""

from __future__ import annotations

from optimizer.data.schema import assets, policy, trade, uncertainty
from optimizer.data.schema.column import GRADES, Column, Kind, Table

TABLES: dict[str, Table] = {
    table.name: table for part in (assets, trade, uncertainty, policy) for table in part.TABLES
}
"""All tables by name, in the order in which they are documented."""

__all__ = ["GRADES", "TABLES", "Column", "Kind", "Table"]
