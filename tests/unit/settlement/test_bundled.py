"""The settlements that come with the package: their statements, their evidence, and what was published about them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from optimizer.errors import SettingError
from optimizer.settlement import Statement, bundled_settlements, implied_pairs, read_terms, settle, settlement_files

FOLDERS = bundled_settlements()


def statement_of(name: str) -> Statement:
    files = settlement_files(name)
    assert files.prices is not None
    return settle(files.terms, files.prices, files.volumes)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_every_settlement_is_named_as_its_folder_and_adds_up(name: str) -> None:
    statement = statement_of(name)
    assert statement.terms.contract.name == name
    assert statement.terms.evidence
    for line in statement.lines:
        parts = line.already_paid + line.not_covered + line.price_rule + line.paid_for
        assert parts == line.delivered
    assert statement.net == sum(line.support - line.payback for line in statement.lines)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_every_row_states_its_source_and_grade(name: str) -> None:
    for path in FOLDERS[name].glob("*.csv"):
        assert all(row["source"] and row["grade"] for row in rows(path)), path
    for words in read_terms(FOLDERS[name] / "terms.toml").evidence.values():
        assert words.split(":")[0].split(" ")[0] in {"A", "B", "B-", "C", "computed", "judgement"}, words


def test_the_hourly_contract_is_as_worked_in_its_readme() -> None:
    (line,) = statement_of("hourly-cfd").lines
    # Strike 70 × 105 / 100 = 73.5. Hours 11 to 13 are a spell of three: 50 + 60 + 55 MWh unpaid. The single negative
    # hour counts as 0. Paid: 30 × 40 + 40 × 20 + 50 × 10 + 45 × 0 + 40 × 30 + 20 × 90 = 5,500 EUR on 225 MWh.
    assert (line.strike, line.price_rule, line.paid_for) == (Decimal("73.5"), 165, 225)
    assert line.reference is not None
    assert round(line.reference * 225, 9) == 5_500
    # 73.5 × 225 − 5,500.
    assert line.net == Decimal("11037.50")


def test_the_lynas_floor_pays_back_at_most_ten_million_a_year() -> None:
    years = statement_of("jare-lynas").totals_by_year()
    assert years[2027]["payback_usd"] == 10_000_000
    assert years[2027]["payback_due_usd"] > 10_000_000
    assert {year: sums["paid_for_t"] for year, sums in years.items()} == {2026: 3_750, 2027: 5_000}


def test_the_mp_statement_pays_for_no_tonne_twice() -> None:
    first, second = statement_of("dod-mp").lines
    # (97.29 + 96.91 + 96.48) / 3 / 1.13 = 85.746; 110 − 85.746 on 1,897 t.
    assert round(first.reference or 0, 3) == Decimal("85.746")
    assert round(first.support / 10**6, 2) == Decimal("46.01")
    # 706 + 300 + 1,032 t, of which 300 t were paid for when they were stockpiled.
    assert (second.delivered, second.already_paid, second.paid_for) == (2_038, 300, 1_738)


def test_what_the_payments_to_mp_imply() -> None:
    files = settlement_files("dod-mp")
    assert files.prices is not None
    assert files.reported is not None
    found = {str(period.period): period for period in implied_pairs(files.terms, files.prices, files.reported)}
    implied = {(name, pair.quantity): pair.implied_price for name, one in found.items() for pair in one.pairs}
    # 110 − 51.016 / 0.562 and so on: the benchmarks that each reported quantity implies, USD/kg.
    expected = {
        ("2025-Q4", "sold"): "19.2",
        ("2025-Q4", "as_oxide"): "38.9",
        ("2025-Q4", "in_concentrate"): "83.1",
        ("2025-Q4", "sold_or_kept"): "79.3",
        ("2026-Q1", "sold"): "68.0",
        ("2026-Q1", "as_oxide"): "63.9",
        ("2026-Q1", "in_concentrate"): "89.3",
        ("2026-Q1", "sold_or_kept"): "89.1",
        ("2026-Q2", "as_oxide"): "89.0",
    }
    assert {key: str(round(price, 1)) for key, price in implied.items()} == expected
    fitting = [(name, p.benchmark, p.quantity) for name, one in found.items() for p in one.pairs if p.consistent]
    assert fitting == [("2026-Q2", "ndpr_domestic, as quoted (1/3)", "as_oxide")]


def test_names_folders_and_files_are_found(tmp_path: Path) -> None:
    assert settlement_files(FOLDERS["dod-mp"]) == settlement_files("dod-mp")
    assert settlement_files(FOLDERS["dod-mp"] / "terms.toml").prices is None
    with pytest.raises(SettingError, match="Did you mean 'dod-mp'"):
        settlement_files("dodmp")
    with pytest.raises(SettingError, match=r"has no terms\.toml"):
        settlement_files(tmp_path)
