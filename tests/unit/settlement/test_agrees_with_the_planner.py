"""A statement over whole years pays what the planner's contract row pays, and the forms keep their identities."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.settlement import settle
from optimizer.settlement.exact import contract_payment
from tests.unit.settlement.example import quotes, terms_with, volumes

YEARS = (2026, 2027, 2028)
QUARTERS = [f"{year}-Q{quarter}" for year in YEARS for quarter in range(1, 5)]
cents = st.integers(0, 30_000).map(lambda price: Decimal(price) / 100)
percent = st.integers(0, 100).map(lambda share: Decimal(share) / 100)


@st.composite
def floors(draw: st.DrawFn) -> dict[str, Any]:
    """Terms of a floor as a statement and as a contract row have them."""
    share = draw(percent.filter(bool))
    return {
        "share": share,
        "threshold": draw(st.one_of(st.none(), cents)),
        "cap": draw(st.one_of(st.none(), cents)),
        "from_year": draw(st.one_of(st.none(), st.sampled_from(YEARS))),
        "rate": draw(st.integers(-20, 20).map(lambda rate: Decimal(rate) / 100)),
        "averaging": draw(st.sampled_from(["quarterly", "yearly"])),
        "strike": draw(cents),
    }


@settings(max_examples=120, deadline=None)
@given(floors(), st.lists(cents, min_size=12, max_size=12), st.integers(0, 20_000))
def test_a_statement_over_years_pays_what_a_contract_row_pays(
    floor: dict[str, Any], prices: list[Decimal], yearly_tonnes: int
) -> None:
    row = SimpleNamespace(
        form="floor",
        averaging=floor["averaging"],
        indexation_rate=floor["rate"],
        upside_share=floor["share"],
        upside_threshold_usd_per_kg="strike" if floor["threshold"] is None else floor["threshold"],
        upside_cap_musd_per_year=floor["cap"],
        upside_from_year=floor["from_year"],
        collar_width_usd_per_kg=0,
    )
    by_year = {year: prices[4 * at : 4 * at + 4] for at, year in enumerate(YEARS)}
    tonnes = dict.fromkeys(YEARS, yearly_tonnes)
    expected = contract_payment(row, by_year, floor["strike"], YEARS, tonnes, YEARS[0])
    from_year = floor["from_year"]
    terms = terms_with(
        term__settlement=floor["averaging"],
        payoff__strike=floor["strike"],
        payoff__upside_share=floor["share"],
        payoff__upside_threshold="strike" if floor["threshold"] is None else floor["threshold"],
        payoff__upside_cap_million_per_year="none" if floor["cap"] is None else floor["cap"],
        payoff__upside_from="start" if from_year is None else f"{from_year}-01",
        indexation__rule="rate",
        indexation__rate=floor["rate"],
        indexation__base_year=YEARS[0],
        reference__quotes="quarterly",
        volumes__contracted_per_year=yearly_tonnes,
        units__money_decimals=6,
    )
    statement = settle(terms, quotes(dict(zip(QUARTERS, prices, strict=True))))
    for year, sums in statement.totals_by_year().items():
        # Each of at most four payments of each side is rounded to a millionth of a dollar.
        assert abs(sums["net_usd"] - expected[year] * 10**6) <= Decimal("0.000004")
    assert set(statement.totals_by_year()) == set(YEARS)


def net(prices: list[Decimal], **payoff: Any) -> Decimal:
    changes = {f"payoff__{name}": value for name, value in payoff.items()}
    delivered = volumes(*((quarter, "sold", 10) for quarter in QUARTERS[: len(prices)]))
    rows = quotes(dict(zip(QUARTERS, prices, strict=False)))
    return settle(terms_with(reference__quotes="quarterly", **changes), rows, delivered).net


@settings(max_examples=60, deadline=None)
@given(st.lists(cents, min_size=1, max_size=4), cents)
def test_full_upside_share_is_the_two_way_contract_and_so_is_a_collar_of_no_width(
    prices: list[Decimal], strike: Decimal
) -> None:
    two_way = net(prices, form="cfd", strike=strike)
    assert net(prices, strike=strike, upside_share=1) == two_way
    assert net(prices, form="collar", strike=strike) == two_way
    # 10 t a quarter: what the two-way contract pays is the strike less the price on all of it.
    assert two_way == sum(((strike - price) * 10_000 for price in prices), Decimal(0))


@settings(max_examples=60, deadline=None)
@given(st.lists(cents, min_size=1, max_size=4), cents, cents)
def test_a_higher_strike_never_pays_less_and_a_cap_never_pays_back_more(
    prices: list[Decimal], strike: Decimal, rise: Decimal
) -> None:
    assert net(prices, strike=strike + rise, upside_share=0.3) >= net(prices, strike=strike, upside_share=0.3)
    capped = net(prices, form="cfd", strike=strike, upside_cap_million_per_year=0.1)
    assert capped >= net(prices, form="cfd", strike=strike)
    assert capped >= -100_000
