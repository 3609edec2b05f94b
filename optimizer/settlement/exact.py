"""What one row of a case's ``contracts`` table pays on one price path, in decimal arithmetic.

Written from the meaning of the columns, for checking the planner's payments: a second way to the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, Protocol

from optimizer.errors import SettingError
from optimizer.settlement.payoff import UnitPayment, unit_payment

DIGITS = 60
KG_PER_T = Decimal(1000)
MUSD = Decimal(10**6)
QUARTERS = 4


class ContractRow(Protocol):
    """The columns of ``contracts.csv`` that say what is paid; a row of the table has them."""

    @property
    def form(self) -> str: ...
    @property
    def averaging(self) -> str: ...
    @property
    def indexation_rate(self) -> Any: ...
    @property
    def upside_share(self) -> Any: ...
    @property
    def upside_threshold_usd_per_kg(self) -> Any: ...
    @property
    def upside_cap_musd_per_year(self) -> Any: ...
    @property
    def upside_from_year(self) -> Any: ...
    @property
    def collar_width_usd_per_kg(self) -> Any: ...


def exact(value: Any) -> Decimal:
    """A number as the decimal it is written as: 0.1 is one tenth, not the binary number next to it.

    >>> exact(0.1), exact(110), exact("2.50")
    (Decimal('0.1'), Decimal('110'), Decimal('2.50'))

    Raises SettingError for what is not a finite number.
    """
    if isinstance(value, float):
        value = float.__repr__(value)
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation as error:
        raise SettingError(f"'{value}' is not a number.") from error
    if not number.is_finite():
        raise SettingError(f"'{value}' is not a finite number.")
    return number


def contract_payment(
    contract: ContractRow,
    quarterly_prices_by_year: Mapping[int, Sequence[Any]],
    strike: Any,
    years: Sequence[int],
    tonnes_by_year: Mapping[int, Any],
    base_year: int,
) -> dict[int, Decimal]:
    """Payment in each of ``years``, musd of the case's price year; positive = the government pays.

    ``quarterly_prices_by_year``: the four quarterly reference prices of each year, USD/kg. ``strike`` in USD/kg, of
    ``base_year``: it changes by the contract's ``indexation_rate`` each year after; threshold and collar width do not.
    ``tonnes_by_year``: covered tonnes of each year, delivered evenly over its quarters. With ``averaging`` quarterly
    each quarter settles on its own price; with yearly the year settles once on the mean of the four. The upside share
    of a floor applies from ``upside_from_year`` on (None: always). At most ``upside_cap_musd_per_year`` (None: no cap)
    is paid back in a year.

    Floor of 110 on 5,000 t, 30 % above 150 paid back, at most 10 musd a year. 2026: (20 + 0 + 0 + 0) / 4 USD/kg are due
    on 5 million kg, 25 musd; 2027: 0.3 × 50 USD/kg would be 75 musd and 10 are paid.

    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(form="floor", averaging="quarterly", indexation_rate=0.0, upside_share=0.3,
    ...     upside_threshold_usd_per_kg=150, upside_cap_musd_per_year=10, upside_from_year=None,
    ...     collar_width_usd_per_kg=0.0)
    >>> prices = {2026: [90, 110, 120, 150], 2027: [200, 200, 200, 200]}
    >>> paid = contract_payment(row, prices, 110, [2026, 2027], {2026: 5000, 2027: 5000}, 2026)
    >>> [float(paid[year]) for year in (2026, 2027)]
    [25.0, -10.0]

    Raises SettingError for numbers that are not finite, a year without four prices or without tonnes, an unknown form
    or averaging.
    """
    with localcontext() as context:
        context.prec = DIGITS
        return {
            year: _year_payment(contract, year, quarterly_prices_by_year, strike, tonnes_by_year, base_year)
            for year in years
        }


def _year_payment(
    contract: ContractRow,
    year: int,
    prices: Mapping[int, Sequence[Any]],
    strike: Any,
    tonnes: Mapping[int, Any],
    base_year: int,
) -> Decimal:
    quarters = [exact(price) for price in prices.get(year, ())]
    if len(quarters) != QUARTERS or year not in tonnes:
        raise SettingError(f"{year} needs four quarterly prices and its tonnes.")
    indexed = exact(strike) * (1 + exact(contract.indexation_rate)) ** (year - base_year)
    if contract.averaging == "yearly":
        settled = [sum(quarters, Decimal(0)) / QUARTERS]
    elif contract.averaging == "quarterly":
        settled = quarters
    else:
        raise SettingError(f"unknown averaging '{contract.averaging}'. Use quarterly or yearly.")
    units = [_per_kg(contract, price, indexed, year) for price in settled]
    kg = exact(tonnes[year]) * KG_PER_T / len(units)
    support = sum((unit.support * kg for unit in units), Decimal(0)) / MUSD
    payback = sum((unit.payback * kg for unit in units), Decimal(0)) / MUSD
    cap = contract.upside_cap_musd_per_year
    return support - (payback if cap is None else min(payback, exact(cap)))


def _per_kg(contract: ContractRow, price: Decimal, strike: Decimal, year: int) -> UnitPayment:
    begun = contract.upside_from_year is None or year >= contract.upside_from_year
    threshold = contract.upside_threshold_usd_per_kg
    return unit_payment(
        contract.form,
        price,
        strike,
        upside_share=exact(contract.upside_share) if begun else Decimal(0),
        upside_threshold=None if threshold in (None, "strike") else exact(threshold),
        collar_width=exact(contract.collar_width_usd_per_kg),
    )
