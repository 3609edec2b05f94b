"""What counts as a violation, and what a certificate says of it."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from optimizer.verification.certificate import TOLERANCE, Book, Certificate


def certificate(book: Book) -> Certificate:
    return book.certificate("claimed by the solver")


def test_a_violation_is_measured_against_the_larger_of_its_terms() -> None:
    # 5,000 t against 5,000.004 t: 0.004 t of 5,000 t is 8e-7, within 1e-6; 0.006 t is 1.2e-6, beyond it.
    for off, passes in ((0.004, True), (0.006, False)):
        book = Book()
        book.equal("stock", "t", 5000.0 + off, 5000.0)
        check = certificate(book).checks[0]
        assert check.worst == pytest.approx(off, rel=1e-6)
        assert check.relative == pytest.approx(off / 5000.0, rel=1e-3)
        assert check.passed is passes


def test_small_terms_count_as_one_kilotonne_or_one_musd() -> None:
    book = Book()
    book.equal("mass", "t", 0.0009, 0.0)
    book.equal("money", "musd", 0.0000011, 0.0)
    mass, money = certificate(book).checks
    assert mass.relative == pytest.approx(9e-7)
    assert mass.passed
    assert money.relative == pytest.approx(1.1e-6)
    assert not money.passed


def test_a_limit_is_broken_from_one_side_only() -> None:
    book = Book()
    book.at_most("limit", "t", [1.0, 1200.0, 99.0], [1000.0, 1000.0, np.inf], lambda at: f"item {at[0]}")
    check = certificate(book).checks[0]
    assert (check.items, check.worst, check.where) == (3, 200.0, "item 1")


@pytest.mark.parametrize("limit", [1.0, np.inf, np.nan])
def test_what_is_no_number_never_passes(limit: float) -> None:
    book = Book()
    book.at_most("limit", "t", [np.nan], limit)
    book.equal("same", "t", [0.0, np.nan], [0.0, np.nan])
    assert [check.passed for check in certificate(book).checks] == [False, False]
    text = json.dumps(certificate(book).to_json(), allow_nan=False)
    assert json.loads(text)["checks"][1]["worst"] is None


def test_calls_of_one_name_add_up_and_the_worst_place_stands() -> None:
    book = Book()
    book.equal("balance", "t", [1.0, 2.0], [1.0, 2.0], lambda at: f"first {at[0]}")
    book.equal("balance", "t", [[1.0, 2.0]], [[1.0, 2000.0]], lambda at: f"second {at}")
    book.equal("balance", "t", 5.0, 6.0, "third")
    check = certificate(book).checks[0]
    assert (check.items, check.where, check.worst) == (5, "second (0, 1)", 1998.0)


def test_facts_hold_or_not() -> None:
    book = Book()
    book.holds("in order", [True, True], "first")
    book.holds("in order", False, "second")
    check = certificate(book).checks[0]
    assert (check.items, check.where, check.passed) == (3, "second", False)


def test_nothing_to_check_passes_without_items() -> None:
    book = Book()
    book.equal("empty", "t", np.zeros((0, 3)), np.zeros((0, 3)))
    found = certificate(book)
    assert (found.passed, found.items) == (True, 0)
    assert found.line == "verified: 1 checks, 0 numbers"


def test_the_line_names_the_worst_check_and_the_refusal_names_failures_worst_first() -> None:
    book = Book()
    book.equal("small", "musd", 10.0, 10.0 + 1e-9, "here")
    assert certificate(book).line.startswith(
        "verified: 1 checks, 1 numbers, worst violation 1.0e-10 of its size (small: "
    )
    book.equal("middle", "musd", 10.0, 11.0, "there")
    book.equal("large", "musd", 10.0, 30.0, "elsewhere")
    found = certificate(book)
    assert not found.passed
    assert found.line.startswith("NOT VERIFIED, 2 of the checks failed: 3 checks")
    assert [check.name for check in found.failures] == ["middle", "large"]
    assert "2 of 3 checks fail (large: 20 musd at elsewhere; middle: 1 musd at there)" in found.refusal


def test_the_tolerance_is_a_millionth() -> None:
    assert TOLERANCE == 1e-6
    assert math.isclose(Book().certificate("").items, 0)
