"""What one unit is paid, in decimal arithmetic and written from the contract's words. Positive = government pays.

The forms are those of the planner's contracts (``optimizer.terms.payoff``); nothing is taken from its code, so that the
two can be compared. With reference price R and strike K, all in the contract's price unit:

============  ==============================  ===========================================
form          the government pays             the plant pays back
============  ==============================  ===========================================
``floor``     K − R where R is below K        the upside share of R − H where R is above H, threshold H
``cfd``       K − R where R is below K        R − K where R is above K
``collar``    K − R where R is below K        R − C where R is above C = K + collar width
``purchase``  K, and receives the unit        nothing
============  ==============================  ===========================================
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NamedTuple

from optimizer.errors import SettingError

Form = Literal["floor", "cfd", "collar", "purchase"]
NOTHING = Decimal(0)


class UnitPayment(NamedTuple):
    """The two sides of a payment for one unit, both at least 0 unless a purchase has a negative strike."""

    support: Decimal
    payback: Decimal


def unit_payment(
    form: str,
    reference: Decimal,
    strike: Decimal,
    *,
    upside_share: Decimal = NOTHING,
    upside_threshold: Decimal | None = None,
    collar_width: Decimal = NOTHING,
) -> UnitPayment:
    """Both sides of the payment for one unit, in the contract's price unit. ``upside_threshold`` None: the strike.

    A threshold below the strike counts as the strike, so that nobody pays and is paid at once.

    >>> unit_payment("floor", Decimal(200), Decimal(110), upside_share=Decimal("0.3"), upside_threshold=Decimal(150))
    UnitPayment(support=Decimal('0'), payback=Decimal('15.0'))
    >>> unit_payment("collar", Decimal("60.25"), Decimal("110"), collar_width=Decimal("20")).support
    Decimal('49.75')

    Raises SettingError for an unknown form.
    """
    if form == "purchase":
        return UnitPayment(strike, NOTHING)
    shortfall = strike - reference if reference < strike else NOTHING
    if form == "floor":
        ceiling = strike if upside_threshold is None or upside_threshold < strike else upside_threshold
        share = upside_share
    elif form == "cfd":
        ceiling, share = strike, Decimal(1)
    elif form == "collar":
        ceiling, share = strike + collar_width, Decimal(1)
    else:
        raise SettingError(f"unknown contract form '{form}'. Use floor, cfd, collar or purchase.")
    excess = reference - ceiling if reference > ceiling else NOTHING
    return UnitPayment(shortfall, share * excess)
