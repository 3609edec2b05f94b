"""The page of guarantees names tests that exist, and is the one that the table makes."""

from __future__ import annotations

import ast

import pytest

from tests.guarantees import END, GUARANTEES, PAGE, ROOT, START, Guarantee, page


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=lambda one: one.test)
def test_the_test_that_holds_a_guarantee_exists(guarantee: Guarantee) -> None:
    file, _, name = guarantee.test.partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert guarantee.words
    assert guarantee.figure


def test_the_page_is_current() -> None:
    text = PAGE.read_text("utf-8")
    assert START in text
    assert END in text
    assert page(text) == text
