"""inputs/README.md is rendered from the schema."""

from __future__ import annotations

from pathlib import Path

from optimizer.data.template import reference_markdown

REFERENCE = Path(__file__).parents[2] / "inputs" / "README.md"


def test_inputs_reference_is_current() -> None:
    """To render it anew, write ``optimizer.data.template.reference_markdown()`` to the file."""
    assert REFERENCE.read_text(encoding="utf-8") == reference_markdown()
