"""What a price-support contract pays, per kg delivered. Positive = the government pays the plant.

With reference price R and strike K, both in USD/kg:

============  ==============================  ===========================================
form          the government pays             the plant pays back
============  ==============================  ===========================================
``floor``     max(K − R, 0)                   φ · max(R − H, 0), upside share φ, threshold H
``cfd``       max(K − R, 0)                   max(R − K, 0)
``collar``    max(K − R, 0)                   max(R − (K + width), 0)
``purchase``  K, and receives the kg          nothing
============  ==============================  ===========================================

All functions are pure and broadcast over leading axes, so a menu of strikes and a set of price paths are one call.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.errors import SettingError
from optimizer.terms.averages import mean_over_last

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Form = Literal["floor", "cfd", "collar", "purchase"]
Averaging = Literal["quarterly", "yearly"]

KG_PER_T = 1000.0


class PaymentParts(NamedTuple):
    """The two sides of a payment, both ≥ 0 and of one shape: ``support`` to the plant, ``payback`` from it."""

    support: FloatArray
    payback: FloatArray

    @property
    def net(self) -> FloatArray:
        """Support minus payback; positive = the government pays."""
        out: FloatArray = self.support - self.payback
        return out


def payment_parts(
    form: Form,
    reference: ArrayLike,
    strike: ArrayLike,
    *,
    upside_share: ArrayLike = 0.0,
    upside_threshold: ArrayLike | None = None,
    collar_width: ArrayLike = 0.0,
) -> PaymentParts:
    """The two sides of one settlement, in USD/kg, in the broadcast shape of the arguments.

    ``upside_share`` and ``upside_threshold`` (None: the strike) concern a floor, ``collar_width`` a collar; the other
    forms do not read them. A threshold below the strike, as after years of indexation, counts as the strike: nobody
    pays and is paid at once.

    >>> parts = payment_parts("floor", [60.0, 110.0, 150.0], 110.0, upside_share=0.3)
    >>> parts.support.tolist(), parts.payback.tolist()
    ([50.0, 0.0, 0.0], [0.0, 0.0, 12.0])

    Raises SettingError for an unknown form, an upside share outside 0..1 or a negative collar width.
    """
    r, k = np.broadcast_arrays(np.asarray(reference, float), np.asarray(strike, float))
    below: FloatArray = np.maximum(k - r, 0.0)
    match form:
        case "floor":
            share = np.asarray(upside_share, float)
            threshold = k if upside_threshold is None else np.asarray(upside_threshold, float)
            _require(bool(np.all((share >= 0.0) & (share <= 1.0))), "upside_share must lie between 0 and 1")
            return _parts(below, share * np.maximum(r - np.maximum(threshold, k), 0.0))
        case "cfd":
            return _parts(below, np.maximum(r - k, 0.0))
        case "collar":
            width = np.asarray(collar_width, float)
            _require(bool(np.all(width >= 0.0)), "collar_width must be at least 0")
            return _parts(below, np.maximum(r - (k + width), 0.0))
        case "purchase":
            return _parts(k, np.zeros_like(r))
        case _:
            raise SettingError(f"unknown contract form '{form}'. Use floor, cfd, collar or purchase.")


def difference_payment(
    form: Form,
    reference: ArrayLike,
    strike: ArrayLike,
    *,
    upside_share: ArrayLike = 0.0,
    upside_threshold: ArrayLike | None = None,
    collar_width: ArrayLike = 0.0,
) -> FloatArray:
    """Net payment of one settlement, USD/kg; positive = the government pays. See :func:`payment_parts`.

    >>> difference_payment("floor", [60.0, 150.0], 110.0).tolist()
    [50.0, 0.0]
    >>> difference_payment("floor", [60.0, 200.0], 110.0, upside_share=0.3, upside_threshold=150.0).tolist()
    [50.0, -15.0]
    >>> difference_payment("cfd", [60.0, 150.0], 110.0).tolist()
    [50.0, -40.0]
    >>> difference_payment("collar", [60.0, 120.0, 150.0], 110.0, collar_width=20.0).tolist()
    [50.0, 0.0, -20.0]
    >>> difference_payment("purchase", [60.0, 150.0], 110.0).tolist()
    [110.0, 110.0]
    """
    return payment_parts(
        form,
        reference,
        strike,
        upside_share=upside_share,
        upside_threshold=upside_threshold,
        collar_width=collar_width,
    ).net


def purchase_gain(strike: ArrayLike, realised: ArrayLike) -> FloatArray:
    """What a purchase contract is worth to the plant, USD/kg: the strike instead of the price it would have realised.

    >>> purchase_gain(110.0, [60.0, 150.0]).tolist()
    [50.0, -40.0]
    """
    out: FloatArray = np.asarray(strike, float) - np.asarray(realised, float)
    return out


def indexed_strike(strike: ArrayLike, rate: float, years_since_base: ArrayLike) -> FloatArray:
    """Strike after compounding at ``rate`` per year, USD/kg.

    In real money a strike fixed in money of the day has minus the inflation rate here, approximately.

    >>> indexed_strike(110.0, -0.02, [0, 1, 10]).round(2).tolist()
    [110.0, 107.8, 89.88]
    """
    out: FloatArray = np.asarray(strike, float) * (1.0 + rate) ** np.asarray(years_since_base, float)
    return out


def yearly_parts(
    quarterly_reference: ArrayLike,
    form: Form,
    strike_by_year: ArrayLike,
    averaging: Averaging = "quarterly",
    upside_active: ArrayLike | None = None,
    *,
    upside_share: ArrayLike = 0.0,
    upside_threshold: ArrayLike | None = None,
    collar_width: ArrayLike = 0.0,
) -> PaymentParts:
    """The two sides of a year's average payment, USD/kg, shape (…, years), for equal deliveries in each quarter.

    ``quarterly_reference`` has shape (…, years, 4); ``strike_by_year`` (and an upside threshold given by year) has
    shape (…, years). ``averaging``: ``quarterly`` settles each quarter on its own average and is the mean of the four
    payments; ``yearly`` settles once on the year's average. ``upside_active`` (years,) says in which years a floor's
    upside share applies; None means all.

    Price 90 in two quarters and 130 in two, floor at 110: settled quarterly (20 + 20 + 0 + 0) / 4 = 10; settled on
    the yearly average of 110, nothing.

    >>> quarters = [[90.0, 90.0, 130.0, 130.0]]
    >>> yearly_parts(quarters, "floor", [110.0]).support.tolist()
    [10.0]
    >>> yearly_parts(quarters, "floor", [110.0], "yearly").support.tolist()
    [0.0]
    >>> yearly_parts(quarters * 2, "floor", [110.0] * 2, upside_active=[False, True], upside_share=0.3).payback.tolist()
    [0.0, 3.0]
    """
    reference = np.asarray(quarterly_reference, float)
    strike = np.asarray(strike_by_year, float)
    active = np.ones(reference.shape[-2], bool) if upside_active is None else np.asarray(upside_active, bool)
    share = np.asarray(upside_share, float) * active
    threshold = None if upside_threshold is None else np.broadcast_to(np.asarray(upside_threshold, float), strike.shape)
    match averaging:
        case "yearly":
            return payment_parts(
                form,
                mean_over_last(reference),
                strike,
                upside_share=share,
                upside_threshold=threshold,
                collar_width=collar_width,
            )
        case "quarterly":
            parts = payment_parts(
                form,
                reference,
                strike[..., np.newaxis],
                upside_share=share[..., np.newaxis],
                upside_threshold=None if threshold is None else threshold[..., np.newaxis],
                collar_width=collar_width,
            )
            return _parts(mean_over_last(parts.support), mean_over_last(parts.payback))
        case _:
            raise SettingError(f"unknown averaging '{averaging}'. Use quarterly or yearly.")


def yearly_payment(
    quarterly_reference: ArrayLike,
    form: Form,
    strike_by_year: ArrayLike,
    averaging: Averaging = "quarterly",
    upside_active: ArrayLike | None = None,
    *,
    upside_share: ArrayLike = 0.0,
    upside_threshold: ArrayLike | None = None,
    collar_width: ArrayLike = 0.0,
) -> FloatArray:
    """A year's average net payment, USD/kg, shape (…, years); positive = the government pays.

    Arguments as :func:`yearly_parts`.

    >>> yearly_payment([[90.0, 90.0, 130.0, 130.0]], "cfd", [115.0]).tolist()
    [5.0]
    """
    return yearly_parts(
        quarterly_reference,
        form,
        strike_by_year,
        averaging,
        upside_active,
        upside_share=upside_share,
        upside_threshold=upside_threshold,
        collar_width=collar_width,
    ).net


def capped_payment(parts: PaymentParts, tonnes: ArrayLike, cap_musd: float | None) -> FloatArray:
    """Yearly payment in musd when at most ``cap_musd`` a year is paid back (None: no cap); positive = government pays.

    ``parts`` in USD/kg with shape (…, years), ``tonnes`` in t/yr with shape (years,) or (…, years). With a cap the
    payment is not proportional to tonnage.

    A floor of 110 with 30 % above 150 paid back, at most 10 musd a year, on 5,000 t/yr. At 200 USD/kg,
    15 USD/kg × 5,000 t = 75 musd would be due, and 10 are paid; at 100 USD/kg the government pays
    10 USD/kg × 5,000 t = 50 musd.

    >>> parts = payment_parts("floor", [200.0, 100.0], 110.0, upside_share=0.3, upside_threshold=150.0)
    >>> capped_payment(parts, 5000.0, 10.0).tolist()
    [-10.0, 50.0]
    >>> capped_payment(parts, 5000.0, None).tolist()
    [-75.0, 50.0]
    """
    t = np.asarray(tonnes, float)
    payback = parts.payback * t / KG_PER_T
    if cap_musd is not None:
        _require(cap_musd >= 0.0, "the yearly cap on the upside paid back must be at least 0")
        payback = np.minimum(payback, cap_musd)
    out: FloatArray = parts.support * t / KG_PER_T - payback
    return out


def _parts(support: FloatArray, payback: FloatArray) -> PaymentParts:
    first, second = np.broadcast_arrays(support, payback)
    return PaymentParts(np.array(first, float), np.array(second, float))


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise SettingError(f"{rule}.")
