"""The notebooks on the Python API run, and the outputs stored in them are those of a fresh run.

If one is out of date: ``python examples/run_notebooks.py NAME``, and read it again before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.notebooks import OF_THE_API, out_of_date


@pytest.mark.parametrize("name", OF_THE_API)
def test_outputs_are_those_of_a_fresh_run(name: str, tmp_path: Path) -> None:
    assert out_of_date(name, tmp_path) == []
