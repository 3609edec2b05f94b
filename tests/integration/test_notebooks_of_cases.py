"""The notebooks of the bundled cases run, and the outputs stored in them are those of a fresh run.

If one is out of date: ``python examples/run_notebooks.py NAME``, and read it again before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from tests.integration.notebooks import OF_CASES, execute, out_of_date


@pytest.mark.parametrize("name", OF_CASES)
def test_outputs_are_those_of_a_fresh_run(name: str, tmp_path: Path) -> None:
    assert out_of_date(name, tmp_path) == []


def test_a_notebook_that_asks_another_machine_fails(tmp_path: Path) -> None:
    # 192.0.2.1 is set aside for documentation (RFC 5737): nobody answers there.
    asks = new_notebook(cells=[new_code_cell("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)")])
    with pytest.raises(CellExecutionError, match="no network here"):
        execute(asks, tmp_path)
