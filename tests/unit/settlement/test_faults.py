"""Bad terms, prices and volumes: every rule is broken, all faults come at once, and only our own errors come."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.data.rules import RULES
from optimizer.errors import CaseError, SettingError
from optimizer.settlement import bundled_settlements, implied_pairs, read_terms, settle
from optimizer.settlement.faults import SETTLEMENT_RULES, settlement_fault
from tests.unit.settlement.example import months, quotes, settled, terms_with, volumes

QUARTER = months(2026, [90, 100, 104])
SOLD = volumes(("2026-Q1", "sold", 500))


def with_unit(rows: list[dict[str, Any]], **cells: Any) -> list[dict[str, Any]]:
    return [row | cells for row in rows]


def weighted_without_weights() -> object:
    return settled(QUARTER, SOLD, reference__averaging="weighted")


BREAKS: dict[str, list[tuple[Callable[[], object], str]]] = {
    "terms-key": [
        (lambda: settled(QUARTER, SOLD, payoff__strke=1), "terms.toml, payoff.strke: is not a term. Did you mean"),
        (lambda: settled(QUARTER, SOLD, payoff__form=None), "payoff.form: is missing. Give it: floor, cfd"),
        (lambda: settled(QUARTER, SOLD, evidence__strike="A"), "evidence.strike: is not a term that evidence"),
    ],
    "terms-value": [
        (lambda: settled(QUARTER, SOLD, payoff__strike="110"), "'110' is refused: a number without quotes is due"),
        (lambda: settled(QUARTER, SOLD, payoff__strike=float("inf")), "'inf' is not a finite number"),
        (lambda: settled(QUARTER, SOLD, payoff__upside_share=1.5), "'1.5' is refused: it is not between 0 and 1"),
        (lambda: settled(QUARTER, SOLD, payoff__form="flor"), "payoff.form: 'flor' is refused"),
        (lambda: settled(QUARTER, SOLD, term__first="2026-13"), "a month in quotes is due"),
        (lambda: settled(QUARTER, SOLD, contract__title="\x1b[2J"), "without control characters"),
        (lambda: settled(QUARTER, SOLD, reference__decimals=2.5), "a whole number from 0 to 12"),
        (lambda: settled(QUARTER, SOLD, term__pay_after_days=True), "term.pay_after_days: 'True' is refused"),
    ],
    "terms-agree": [
        (lambda: settled(QUARTER, SOLD, payoff__collar_width=5), "a floor has no width"),
        (lambda: settled(QUARTER, SOLD, payoff__upside_from="never"), "there is no upside share that could begin"),
        (lambda: settled(QUARTER, SOLD, payoff__form="cfd", payoff__upside_share=0.3), "a cfd has no upside share"),
        (lambda: settled(QUARTER, SOLD, payoff__upside_threshold=150), "a threshold without an upside share"),
        (lambda: settled(QUARTER, SOLD, payoff__upside_cap_million_per_year=1), "there is nothing to cap"),
        (lambda: settled(QUARTER, SOLD, term__first="2026-02"), "2026-02 does not begin a quarter"),
        (lambda: settled(QUARTER, SOLD, term__last="2025-12"), "is before the first month"),
        (lambda: settled(QUARTER, SOLD, units__quantity="MWh"), "MWh cannot be priced per kg"),
        (lambda: settled(QUARTER, SOLD, indexation__rate=0.1), "rule none does not use it"),
        (lambda: settled(QUARTER, SOLD, indexation__rule="rate"), "indexation.base_year: is missing"),
        (lambda: settled(QUARTER, SOLD, volumes__held=["kept"]), "'kept' is not among those paid for"),
        (lambda: settled(QUARTER, SOLD, volumes__unpaid=["sold"]), "'sold' is also among those paid for"),
        (lambda: settled(QUARTER, SOLD, negative_price__consecutive=3), "rule count has no spells"),
        (
            lambda: settled(QUARTER, SOLD, payoff__upside_share=0.3, payoff__upside_from="2026-05"),
            "2026-05 lies within the settlement period 2026-Q2",
        ),
        (
            lambda: settled(QUARTER, SOLD, reference__averaging="each", reference__lag_months=1),
            "sets quotes against deliveries of the same time",
        ),
        (
            lambda: settled(
                QUARTER,
                SOLD,
                indexation__rule="index",
                indexation__base_year=2025,
                indexation__index={"2025": 100},
            ),
            "indexation.index: has no figure for 2026, which 2026-Q1 needs",
        ),
    ],
    "series": [(lambda: settled(QUARTER, SOLD, reference__series="ndpt"), "Did you mean 'ndpr'?")],
    "one-kind": [
        (lambda: settled(QUARTER | {"2026-Q1": 95}, SOLD), "row 5, period: '2026-Q1' is a quarter, and the terms say"),
    ],
    "overlap": [
        (
            lambda: settled(QUARTER, volumes(("2026-Q1", "sold", 5), ("2026-02", "sold", 5))),
            "volumes.csv row 3, period: '2026-02' overlaps with 2026-Q1 in row 2",
        ),
    ],
    "missing-quote": [
        (lambda: settled(months(2026, [90, 95]), SOLD), "has no quote of ndpr for 2026-03, which 2026-Q1 needs"),
        (
            lambda: settled(QUARTER, volumes(("2026-04", "sold", 1)), reference__averaging="each"),
            "has no quote of ndpr for 2026-04, which 2026-Q2 needs",
        ),
        (lambda: settled(months(2026, [90]), None, volumes__contracted_per_year=4), "does not cover one whole"),
    ],
    "missing-weight": [(weighted_without_weights, "has no weight of ndpr for 2026-01")],
    "unit": [
        (lambda: settled(quotes(QUARTER, unit="CNY/kg"), SOLD), "row 2, unit: 'CNY/kg' is not in USD. Convert"),
        (lambda: settled(quotes(QUARTER, unit="USD/MWh"), SOLD), "'USD/MWh' cannot be converted to USD/kg"),
        (lambda: settled(QUARTER, with_unit(SOLD, unit="MWh")), "volumes.csv row 2, unit: 'MWh' cannot be converted"),
    ],
    "tax-basis": [
        (lambda: settled(QUARTER, SOLD, reference__vat="excluded"), "row 2, vat: is blank, and the terms want"),
        (lambda: settled(quotes(QUARTER, vat="included"), SOLD), "does not go with terms that say not_applicable"),
        (
            lambda: settled(quotes(QUARTER, vat="included"), SOLD, reference__vat="excluded"),
            "must be converted to tax excluded, and the terms give no rate",
        ),
    ],
    "designation": [
        (lambda: settled(QUARTER, volumes(("2026-Q1", "sld", 1))), "'sld' is not a designation of the terms. Did you"),
        (lambda: settled(QUARTER, volumes(("2026-Q1", "stockpiled", 1))), "lot: is blank, and what is stockpiled"),
    ],
    "outside-term": [
        (lambda: settled(QUARTER, volumes(("2025-Q4", "sold", 1))), "does not lie within the term 2026-01 to 2028-12"),
    ],
    "across-periods": [
        (lambda: settled(QUARTER, volumes(("2026", "sold", 1))), "'2026' is longer than a settlement period (quarter)"),
        (lambda: settled(QUARTER, SOLD, reference__averaging="each"), "'2026-Q1' is a quarter, and quotes are monthly"),
    ],
    "more-than-held": [
        (
            lambda: settled(QUARTER, volumes(("2026-01", "stockpiled", 9, "A"), ("2026-02", "sold", 10, "A"))),
            "row 3, quantity: '10' is more than the 9 t left in lot 'A'",
        ),
        (lambda: settled(QUARTER, volumes(("2026-02", "sold", 1, "B"))), "'1' is more than the 0 t left in lot 'B'"),
    ],
    "no-volumes": [
        (lambda: settled(QUARTER, None), "is not given, and the terms name no contracted quantity"),
        (lambda: settle(terms_with(), quotes(QUARTER), pd.DataFrame(SOLD)[:0]), "volumes.csv: has no rows"),
    ],
}


@pytest.mark.parametrize(
    ("rule", "broken", "words"), [(rule, broken, words) for rule, cases in BREAKS.items() for broken, words in cases]
)
def test_a_broken_rule_is_named_with_its_place_and_remedy(rule: str, broken: Callable[[], object], words: str) -> None:
    with pytest.raises(CaseError) as caught:
        broken()
    assert words in str(caught.value)
    assert rule in {fault.check for fault in caught.value.faults}


def test_every_rule_is_broken_by_a_test() -> None:
    assert set(BREAKS) == set(SETTLEMENT_RULES)
    assert set(SETTLEMENT_RULES) & set(RULES) == set()
    with pytest.raises(KeyError):
        settlement_fault("no-such-rule", "prices", "is wrong", "Mend it.")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"price": "nan"}, "prices.csv row 2, price: 'nan' is not a number"),
        ({"price": "1e400"}, "is too large to be a number"),
        ({"price": ""}, "prices.csv row 2, price: is blank"),
        ({"price": "9,5"}, "'9,5' is not a number"),
        ({"period": "2026-13"}, "row 2, period: '2026-13' is not a period. Write 2026 (year)"),
        ({"period": "2026-02-30"}, "'2026-02-30' is not a period"),
        ({"vat": "yes"}, "row 2, vat: 'yes' is not allowed"),
        ({"usd_per_kg": 1}, "'usd_per_kg' is not a column of this table"),
        ({"period": "2026-02"}, "has the same key as row 2"),
    ],
)
def test_cells_of_prices_are_checked(cells: dict[str, Any], words: str) -> None:
    rows = quotes(QUARTER)
    rows[0] |= cells
    with pytest.raises(CaseError) as caught:
        settle(terms_with(), rows, SOLD)
    assert words in str(caught.value)


def test_a_negative_volume_is_refused() -> None:
    with pytest.raises(CaseError, match="quantity: '-1' is below the minimum 0"):
        settled(QUARTER, volumes(("2026-Q1", "sold", -1)))


def test_all_faults_of_prices_and_volumes_come_at_once() -> None:
    rows = quotes(QUARTER, unit="EUR/kg")
    with pytest.raises(CaseError) as caught:
        settle(terms_with(), rows, volumes(("2026-Q1", "sld", 1), ("2025-Q1", "sold", 1)))
    assert len(caught.value.faults) == 5


def test_faults_of_a_terms_file_name_its_line(tmp_path: Path) -> None:
    text = (bundled_settlements()["jare-lynas"] / "terms.toml").read_text("utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('form = "floor"', 'form = "flor"'), "utf-8")
    line = text.splitlines().index('form = "floor"') + 1
    with pytest.raises(CaseError, match=f"mine.toml row {line}, payoff.form: 'flor' is refused"):
        read_terms(path)
    path.write_text("[payoff\n", "utf-8")
    with pytest.raises(CaseError, match=r"mine\.toml row 1: is not valid TOML"):
        read_terms(path)


def test_implied_pairs_refuse_what_has_no_single_benchmark() -> None:
    terms = terms_with(payoff__form="purchase")
    with pytest.raises(SettingError, match="a purchase has no single benchmark"):
        implied_pairs(terms, quotes(QUARTER), [])


def test_mutated_files_raise_nothing_but_our_own_errors(tmp_path: Path) -> None:
    folder = bundled_settlements()["dod-mp"]
    originals = {name: (folder / name).read_bytes() for name in ("terms.toml", "prices.csv", "volumes.csv")}
    pieces = [b"", b",", b'"', b"\n", b"\xff", b"\0", b"nan", b"1e400", b"-1", b"none", b"=1+1", b"[x]", b"9" * 80]
    generator = random.Random(4)
    refused = 0
    for _ in range(250):
        changed = dict(originals)
        name = generator.choice(sorted(changed))
        data = changed[name]
        at = generator.randrange(len(data))
        changed[name] = data[:at] + generator.choice(pieces) + data[at + generator.randrange(0, 12) :]
        for file, content in changed.items():
            (tmp_path / file).write_bytes(content)
        # Any other error would come through.
        try:
            settle(*(tmp_path / file for file in ("terms.toml", "prices.csv", "volumes.csv")))
        except CaseError:
            refused += 1
    # Most mutants break something; some only change words or figures.
    assert refused > 100
