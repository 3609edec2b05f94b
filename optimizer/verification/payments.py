"""Contract settlements, worked out again from the terms: in floating point on every path, exactly on some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.settlement.exact import DIGITS, contract_payment, exact
from optimizer.verification.certificate import Book
from optimizer.verification.operation import KG_PER_T, Life, Planner, discount
from optimizer.verification.subject import Signed

FloatArray = NDArray[np.float64]

EXACT_SETTLEMENTS = 2000
"""Quarters settled in decimal arithmetic per solve, over all contracts; the rest of the paths in floating point."""


AT_ONCE = 2_000_000
"""Quarters of prices settled in one array operation."""


@dataclass(frozen=True)
class Cover:
    """The years a contract covers: of its plant's operating years those from ``skipped`` on, as many as its tenor.

    ``share`` is planned output in each of them as a share of full output.
    """

    contract: Any
    plant: Any
    programme: Any
    life: Life
    years: FloatArray
    columns: NDArray[np.int64]
    share: FloatArray


def cover_of(planner: Planner, contract: Any, start: int) -> Cover:
    """Years covered if the contract begins with ``start``. A plant that runs anyway is covered from then on."""
    plant = planner.case.row("plants", contract.plant)
    programme = planner.case.row("programmes", contract.programme)
    running = plant.status == "operating"
    life = planner.life(plant, plant.start_years[0] if running else start)
    skipped = int(np.searchsorted(life.years, start)) if running else 0
    window = slice(skipped, skipped + contract.tenor_years)
    share = life.output_t[window] / life.full_t
    return Cover(contract, plant, programme, life, life.years[window], life.columns[window], share)


def payments(
    cover: Cover, quarterly: FloatArray, strikes: ArrayLike, volume_t: ArrayLike, first_year: int
) -> FloatArray:
    """What the government pays, musd a year, shape (strikes, …, covered years), negative where it is paid.

    ``quarterly`` has shape (…, covered years, 4), USD/kg; ``volume_t`` are tonnes a year at full output, one for each
    strike.
    """
    terms = cover.contract
    ahead = (1,) * (quarterly.ndim - 2)
    grown = (1.0 + terms.indexation_rate) ** (cover.years - first_year)
    strike = (np.asarray(strikes, float).reshape(-1, 1) * grown).reshape(-1, *ahead, len(cover.years), 1)
    price = quarterly if terms.averaging == "quarterly" else quarterly.mean(axis=-1, keepdims=True)
    paid_back: FloatArray = np.zeros_like(price)
    if terms.form == "purchase":
        support = strike + 0.0 * price
    else:
        support = np.where(price < strike, strike - price, 0.0)
        if terms.form == "cfd":
            paid_back = np.where(price > strike, price - strike, 0.0)
        elif terms.form == "collar":
            cap = strike + terms.collar_width_usd_per_kg
            paid_back = np.where(price > cap, price - cap, 0.0)
        else:
            begun = cover.years >= (-np.inf if terms.upside_from_year is None else terms.upside_from_year)
            stated = terms.upside_threshold_usd_per_kg
            above = strike if stated in (None, "strike") else np.maximum(strike, stated)
            paid_back = terms.upside_share * begun[:, None] * np.where(price > above, price - above, 0.0)
    tonnes = np.asarray(volume_t, float).reshape(-1, *ahead, 1) * cover.share
    # The mean as a product: NumPy takes far longer for a mean over a short last axis.
    even = np.full(price.shape[-1], 1.0 / price.shape[-1])
    due = paid_back @ even * tonnes / KG_PER_T
    if terms.upside_cap_musd_per_year is not None:
        due = np.minimum(due, terms.upside_cap_musd_per_year)
    out: FloatArray = support @ even * tonnes / KG_PER_T - due
    return out


@dataclass(frozen=True)
class Settled:
    """A contract at some strikes: payments (strikes, paths, years) and the sponsor's gain before tax, musd."""

    cover: Cover
    paid: FloatArray
    gained: FloatArray

    def outlay(self, planner: Planner) -> FloatArray:
        """Present value of payments at the public rate, per strike and path."""
        contract, settings = self.cover.contract, planner.case.settings
        first = settings.horizon.first_year
        out: FloatArray = self.paid @ discount(
            self.cover.years, settings.rates.public, first, contract.settlement_lag_years
        )
        return out

    def sponsor_gain(self, planner: Planner) -> FloatArray:
        """Present value to the sponsor after tax at its hurdle rate, per strike and path."""
        plant, first = self.cover.plant, planner.case.settings.horizon.first_year
        factors = discount(self.cover.years, plant.hurdle_rate, first, self.cover.contract.settlement_lag_years)
        out: FloatArray = self.gained @ factors * (1.0 - plant.tax_rate)
        return out


def settle(planner: Planner, contract: Any, start: int, strikes: ArrayLike, volume_t: ArrayLike) -> Settled:
    """Settle a contract on every price path. Under a purchase the plant gains its strike less the price it forgoes."""
    cover = cover_of(planner, contract, start)
    first = planner.subject.first_year
    quarterly = planner.quarterly(contract.series)[:, cover.columns]
    paid = payments(cover, quarterly, strikes, volume_t, first)
    gained = paid
    if contract.form == "purchase":
        realised = np.asarray(planner.paths.realised(cover.plant))[..., cover.columns]
        gained = _purchase_gain(cover, strikes, volume_t, realised, first)
    return Settled(cover, paid, gained)


def priced(
    planner: Planner, contract: Any, start: int, strikes: Sequence[float], volume_t: float
) -> tuple[FloatArray, FloatArray]:
    """Outlay and sponsor's gain at every strike, present values by strike and path, musd; some strikes at a time, so
    that many paths need no more memory than few."""
    quarters = 4 * contract.tenor_years * len(planner.weight)
    step = max(1, AT_ONCE // quarters)
    parts = []
    for first in range(0, len(strikes), step):
        some = strikes[first : first + step]
        settled = settle(planner, contract, start, some, np.full(len(some), volume_t))
        parts.append((settled.outlay(planner), settled.sponsor_gain(planner)))
    return np.concatenate([paid for paid, _ in parts]), np.concatenate([gained for _, gained in parts])


def _purchase_gain(
    cover: Cover, strikes: ArrayLike, volume_t: ArrayLike, realised: FloatArray, first_year: int
) -> FloatArray:
    ahead = (1,) * (realised.ndim - 1)
    grown = (1.0 + cover.contract.indexation_rate) ** (cover.years - first_year)
    strike = (np.asarray(strikes, float).reshape(-1, 1) * grown).reshape(-1, *ahead, len(cover.years))
    tonnes = np.asarray(volume_t, float).reshape(-1, *ahead, 1) * cover.share
    out: FloatArray = (strike - realised) * tonnes / KG_PER_T
    return out


def deck_gain(planner: Planner, signed: Signed) -> FloatArray:
    """What a contract adds to cash for debt service in the lender's deck by covered year, musd.

    The payment, and where the contract makes sales certain the margin on what a lender would not have counted as sold.
    """
    contract, plant = signed.contract, signed.plant
    cover, first = cover_of(planner, contract, signed.start), planner.subject.first_year
    quarterly = np.repeat(planner.deck_series[contract.series][cover.columns][:, None], 4, axis=1)
    gain = payments(cover, quarterly, [signed.strike], [signed.volume_t], first)[0]
    if contract.form == "purchase":
        realised = np.asarray(planner.deck.realised(plant))[cover.columns]
        gain = _purchase_gain(cover, [signed.strike], [signed.volume_t], realised, first)[0]
    if contract.offtake or contract.form == "purchase":
        unsold = (1.0 - plant.merchant_share) * signed.volume_t * cover.share / KG_PER_T
        gain = gain + unsold * planner.margin(plant, in_deck=True)[cover.columns]
    out: FloatArray = gain * (1.0 - plant.tax_rate)
    return out


def check_exact(book: Book, planner: Planner, signed: tuple[Signed, ...], settled: list[Settled]) -> None:
    """Settle the contracts again in decimal arithmetic, on as many paths as there is time for."""
    done = 0
    budget = EXACT_SETTLEMENTS // max(len(signed), 1)
    for contract, floats in zip(signed, settled, strict=True):
        cover = floats.cover
        paths = min(len(planner.weight), max(1, budget // max(4 * len(cover.years), 1)))
        done = max(done, paths)
        years = [int(year) for year in cover.years]
        prices = planner.quarterly(contract.contract.series)
        with localcontext() as context:
            context.prec = DIGITS
            tonnes = {
                year: exact(contract.volume_t) * exact(float(share))
                for year, share in zip(years, cover.share, strict=True)
            }
        found = np.zeros((paths, len(years)))
        for path in range(paths):
            quarters = {year: prices[path, column].tolist() for year, column in zip(years, cover.columns, strict=True)}
            paid: dict[int, Decimal] = contract_payment(
                contract.contract, quarters, contract.strike, years, tonnes, planner.subject.first_year
            )
            found[path] = [float(paid[year]) for year in years]
        size = contract.volume_t * contract.strike / KG_PER_T
        book.equal(
            "contract settlements, in exact decimal arithmetic",
            "musd/yr",
            floats.paid[0, :paths],
            found,
            lambda at, n=contract.contract.contract, y=years: f"{n}, path {at[0] + 1}, {y[at[1]]}",  # type: ignore[misc]
            size,
            1e-9,
        )
    if signed:
        total = len(planner.weight)
        exactly = "all" if done >= total else f"{done} of"
        book.notes.append(
            f"Contracts are settled exactly, in decimal arithmetic, on {exactly} {total} price paths, and "
            "in floating point on every path."
        )
