"""What stands in the pages as printed is what is printed: words, numbers and tables of every generated region."""

from __future__ import annotations

import pytest

from tests.documentation.generated import QUICK, SLOW
from tests.documentation.pages import page_name, pages, regions_of
from tests.documentation.workshop import Workshop

STANDING = {name: (page_name(page), text) for page in pages() for name, text in regions_of(page).items()}


@pytest.fixture(name="workshop", scope="module")
def fixture_workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """One folder for all regions: each command is run once."""
    return Workshop(tmp_path_factory.mktemp("workshop"))


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_a_region_is_what_the_program_says(name: str, workshop: Workshop) -> None:
    page, text = STANDING[name]
    made = {**QUICK, **SLOW}[name](workshop)
    assert text.rstrip() == made.rstrip(), f"{page} is not current: run python -m tests.documentation '{name}'"
