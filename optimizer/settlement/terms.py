"""Terms of one contract, as written in ``terms.toml``: frozen, and unknown keys are refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from optimizer.data.cells import CellError
from optimizer.display import page
from optimizer.display.models import PublicModel, describe, values_table
from optimizer.settlement.exact import exact
from optimizer.settlement.payoff import Form
from optimizer.settlement.periods import Period, parse_period

MASS = {"kg": Decimal(1), "t": Decimal(1000), "kt": Decimal(10) ** 6, "lb": Decimal("0.45359237")}
ENERGY = {"kWh": Decimal(1), "MWh": Decimal(1000), "GWh": Decimal(10) ** 6}
Unit = Literal["kg", "t", "kt", "lb", "kWh", "MWh", "GWh"]
Cycle = Literal["hourly", "daily", "monthly", "quarterly", "yearly"]
Averaging = Literal["mean", "weighted", "delivery_weighted", "each"]
LONGEST = 500


def unit_size(unit: str, of: str) -> Decimal | None:
    """How many of the unit ``of`` make one ``unit``; None if one is a mass and the other an energy, or unknown.

    >>> unit_size("t", "kg"), unit_size("GWh", "MWh"), unit_size("t", "MWh")
    (Decimal('1000'), Decimal('1000'), None)
    """
    for family in (MASS, ENERGY):
        if unit in family and of in family:
            return family[unit] / family[of]
    return None


def _reader(low: str, high: str, word: str | None) -> BeforeValidator:
    smallest, largest = Decimal(low), Decimal(high)
    also = f', or "{word}"' if word else ""

    def read(value: Any) -> Decimal | None:
        if word is not None and (value == word or value is None):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValueError(f"a number without quotes{also} is due")
        number = exact(value)
        if not smallest <= number <= largest:
            raise ValueError(f"it is not between {smallest:,f} and {largest:,f}")
        return number

    return BeforeValidator(read)


def _read_decimals(value: Any) -> int | None:
    if value == "none" or value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 12:
        raise ValueError('a whole number from 0 to 12, or "none", is due')
    return value


def _read_month(value: Any) -> Period:
    if isinstance(value, Period):
        return value
    period = _period_or_none(value)
    if period is None or period.kind != "month":
        raise ValueError('a month in quotes is due, as "2026-03"')
    return period


def _period_or_none(value: Any) -> Period | None:
    try:
        return parse_period(value) if isinstance(value, str) else None
    except CellError:
        return None


def _read_start(value: Any) -> Period | str:
    return value if value in ("start", "never") else _read_month(value)


def _printable(value: str) -> str:
    if not 1 <= len(value) <= LONGEST or not value.isprintable():
        raise ValueError(f"a text of 1 to {LONGEST} characters on one line, without control characters, is due")
    return value


Words = Annotated[str, AfterValidator(_printable)]
AnyPrice = Annotated[Decimal, _reader("-1000000", "1000000", None)]
Positive = Annotated[Decimal, _reader("0", "1000000000000", None)]
Share = Annotated[Decimal, _reader("0", "1", None)]
Rate = Annotated[Decimal, _reader("-0.5", "0.5", None)]
Limit = Annotated[Decimal | None, _reader("0", "1000000000000", "none")]
Threshold = Annotated[Decimal | None, _reader("0", "1000000", "strike")]
Decimals = Annotated[int | None, BeforeValidator(_read_decimals)]
Month = Annotated[Any, BeforeValidator(_read_month)]
Start = Annotated[Any, BeforeValidator(_read_start)]


class _Section(BaseModel, metaclass=PublicModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)


class ContractInfo(_Section):
    """Who has promised what to whom."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="Short name of the contract.")
    title: Words = Field(description="Title, as printed above the statement.")
    payer: Words = Field(description="Who pays when the reference price is low (the government or its company).")
    payee: Words = Field(description="Who is paid then, and pays back where the terms say so (the plant).")


class Units(_Section):
    """Units of prices and quantities. Files may use others of the same kind; their rows name them."""

    currency: str = Field(pattern=r"^[A-Z]{3}$", description="Three capital letters, as USD.")
    price_per: Unit = Field(description="Prices are in the currency per this unit.")
    quantity: Unit = Field(description="Quantities of the statement are in this unit.")
    money_decimals: Annotated[int, Field(strict=True, ge=0, le=6)] = Field(
        default=2, description="Each payment is rounded to so many decimals of the currency, halves away from zero."
    )


class Term(_Section):
    """When the contract runs and how often it is settled."""

    first: Month = Field(description="First month of deliveries, in quotes.")
    last: Month = Field(description="Last month of deliveries, in quotes.")
    settlement: Cycle = Field(description="How often it is settled: hourly, daily, monthly, quarterly or yearly.")
    pay_after_days: Annotated[int, Field(strict=True, ge=0, le=1100)] = Field(
        default=0, description="Days from the end of a settlement period to its payment."
    )


class Payoff(_Section):
    """What one unit is paid. The strike is in money of the base year of indexation."""

    form: Form = Field(description="floor, cfd (two-way), collar or purchase.")
    strike: AnyPrice = Field(description="Strike price.")
    upside_share: Share = Field(default=Decimal(0), description="Share of the price above the threshold paid back.")
    upside_threshold: Threshold = Field(default=None, description='Price above which it is paid, or "strike".')
    upside_from: Start = Field(
        default="start",
        description='"start", the month from which the share applies, or "never" while its condition is not met.',
    )
    upside_cap_million_per_year: Limit = Field(
        default=None, description='Most that is paid back in a calendar year, in million of the currency, or "none".'
    )
    collar_width: Positive = Field(default=Decimal(0), description="Cap minus strike of a collar.")


class Indexation(_Section):
    """How the strike moves. Threshold and collar width do not."""

    rule: Literal["none", "rate", "index"] = Field(default="none", description="none, rate or index.")
    base_year: Annotated[int, Field(strict=True, ge=1990, le=2100)] | None = Field(
        default=None, description="Year in whose money the strike is stated."
    )
    rate: Rate = Field(default=Decimal(0), description="Change per year, compounded (rule rate).")
    index: dict[str, Positive] = Field(default={}, description="Price index by year (rule index).")
    from_month: Annotated[int, Field(strict=True, ge=1, le=12)] = Field(
        default=1, description="Month in which the new strike of a year begins, e.g. 4 for April."
    )
    decimals: Decimals = Field(
        default=None, description='The indexed strike is rounded to so many decimals, or "none".'
    )


class Reference(_Section):
    """Which price is compared with the strike."""

    series: Words = Field(description="Series of the price file.")
    quotes: Cycle = Field(description="How often it is quoted.")
    averaging: Averaging = Field(
        description="mean of the quotes; weighted by the weights of the price file; delivery_weighted by what was "
        "delivered; each: every quote settles what was delivered in its time."
    )
    lag_months: Annotated[int, Field(strict=True, ge=0, le=36)] = Field(
        default=0, description="Quotes are taken from so many months before the settlement period."
    )
    vat: Literal["excluded", "included", "not_applicable"] = Field(
        description="Whether the contract's reference is without or with value added tax."
    )
    vat_rate: Annotated[Decimal | None, _reader("0", "1", "none")] = Field(
        default=None, description='Rate of value added tax, for quotes on the other basis, or "none".'
    )
    missing: Literal["refuse", "skip"] = Field(
        default="refuse", description="refuse: every quote must be there. skip: the mean of those there are."
    )
    decimals: Decimals = Field(default=None, description='The reference is rounded to so many decimals, or "none".')


class NegativePrice(_Section):
    """What happens when the reference is below zero. Concerns each quote, or the mean."""

    rule: Literal["count", "zero", "unpaid"] = Field(
        default="count", description="count: it counts as it is. zero: it counts as 0. unpaid: nothing flows."
    )
    consecutive: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        default=1, description="The rule applies only to so many quotes below zero on end, or more."
    )
    shorter: Literal["count", "zero"] = Field(default="count", description="What a shorter spell counts as.")
    zero_is_negative: bool = Field(
        strict=True, default=False, description="Whether a price of exactly 0 falls under the rule."
    )


class Volumes(_Section):
    """Which units are paid for. A unit is paid for once."""

    paid: tuple[Words, ...] = Field(description="Designations that are paid for.")
    held: tuple[Words, ...] = Field(
        default=(),
        description="Those of them that stay in hand (stockpiled): sold later from the same lot, they are "
        "not paid for again.",
    )
    unpaid: tuple[Words, ...] = Field(default=(), description="Designations that may be reported and are not paid for.")
    limit_per_year: Limit = Field(default=None, description='Most that is paid for in a calendar year, or "none".')
    contracted_per_year: Limit = Field(
        default=None, description='Quantity a year, spread evenly, used when no volume file is given, or "none".'
    )


class Terms(_Section):
    """All terms of a contract. ``evidence``: a term (section.key) to its grade and source, in words."""

    contract: ContractInfo
    units: Units
    term: Term
    payoff: Payoff
    indexation: Indexation = Indexation()
    reference: Reference
    negative_price: NegativePrice = NegativePrice()
    volumes: Volumes
    evidence: dict[str, Words] = {}

    def _repr_html_(self) -> str:
        return page(self.contract.title, values_table(self))


describe(Terms)
