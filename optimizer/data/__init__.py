"""Cases: the inputs of one question, read, checked, changed and written."""

from __future__ import annotations

from optimizer.data.bundled import bundled_cases, copy_bundled
from optimizer.data.case import Case
from optimizer.data.reading import read_case
from optimizer.data.row import Row
from optimizer.data.template import write_template

__all__ = ["Case", "Row", "bundled_cases", "copy_bundled", "read_case", "write_template"]
