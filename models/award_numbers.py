"""Numbers of the award layer: everything promised before uncertainty resolves."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

Plant = str
Programme = str
BuildOption = tuple[Plant, int]
"""(plant, start year)."""
Offer = tuple[str, int, float]
"""(contract, start year, strike in USD/kg)."""
SupportOption = tuple[Plant, int, Programme]
"""(plant, start year, programme)."""


@dataclass(frozen=True)
class PlantNumbers:
    """Candidates: what building costs society and what a sponsor and a lender see.

    ``npv`` is the sponsor's net present value at its hurdle rate, without debt or support, per price path (musd).
    ``spend_factor`` turns a dollar spent with the capex into present value at the hurdle rate. ``debt_gain`` and
    ``equity_gain`` are present values to the sponsor of a dollar of private debt or public equity (musd per musd).
    ``deck_cash`` is cash flow available for debt service in the lender's deck, per operating year (musd).
    """

    capex: dict[BuildOption, float] = field(default_factory=dict)
    capex_annuities: dict[BuildOption, float] = field(default_factory=dict)
    output: dict[BuildOption, float] = field(default_factory=dict)
    npv: dict[BuildOption, FloatArray] = field(default_factory=dict)
    spend_factor: dict[BuildOption, float] = field(default_factory=dict)
    loss_limit: dict[Plant, float] = field(default_factory=dict)
    npv_cap: dict[BuildOption, float] = field(default_factory=dict)
    gearing: dict[Plant, float] = field(default_factory=dict)
    debt_gain: dict[BuildOption, float] = field(default_factory=dict)
    debt_service: dict[BuildOption, tuple[float, ...]] = field(default_factory=dict)
    service_cover: dict[Plant, float] = field(default_factory=dict)
    deck_cash: dict[BuildOption, tuple[float, ...]] = field(default_factory=dict)
    requires: dict[Plant, Plant] = field(default_factory=dict)
    private_entry: dict[Plant, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ContractNumbers:
    """Contracts on the menu. Arrays per kt/yr of covered output, so musd per (kt/yr).

    ``sponsor_gain`` present value at the plant's hurdle rate after tax, per price path. ``outlay`` present value of
    government payments at the public rate, per price path. ``expected_payment`` per year of
    ``AwardNumbers.outlay_years``, not discounted. ``deck_gain`` what the contract adds to cash for debt service per
    operating year in the deck. ``committed`` contracts are signed in every plan.
    """

    plant: dict[str, Plant] = field(default_factory=dict)
    programme: dict[str, Programme] = field(default_factory=dict)
    share_min: dict[str, float] = field(default_factory=dict)
    share_max: dict[str, float] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    output: dict[tuple[str, int], float] = field(default_factory=dict)
    sponsor_gain: dict[Offer, FloatArray] = field(default_factory=dict)
    outlay: dict[Offer, FloatArray] = field(default_factory=dict)
    expected_payment: dict[Offer, FloatArray] = field(default_factory=dict)
    deck_gain: dict[Offer, tuple[float, ...]] = field(default_factory=dict)
    purchase_into: dict[str, str] = field(default_factory=dict)
    committed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SupportNumbers:
    """Grants, public equity and public loans: limits, worth to the sponsor, cost to the public (musd per musd).

    ``*_limit`` keys are the support options that exist. ``equity_gain`` is per price path (dividends paid vary).
    ``*_net_outlay`` is the expected present value of the net outlay per dollar at the public rate.
    """

    grant_limit: dict[SupportOption, float] = field(default_factory=dict)
    equity_limit: dict[SupportOption, float] = field(default_factory=dict)
    loan_limit: dict[SupportOption, float] = field(default_factory=dict)
    equity_gain: dict[SupportOption, FloatArray] = field(default_factory=dict)
    loan_gain: dict[SupportOption, float] = field(default_factory=dict)
    loan_service: dict[SupportOption, tuple[float, ...]] = field(default_factory=dict)
    grant_net_outlay: dict[SupportOption, float] = field(default_factory=dict)
    equity_net_outlay: dict[SupportOption, float] = field(default_factory=dict)
    loan_net_outlay: dict[SupportOption, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgrammeNumbers:
    """Pots: size, scoring rule of contracts, yearly caps (None: no cap); ``committed`` is promised already, at face."""

    budget: dict[Programme, float] = field(default_factory=dict)
    scoring: dict[Programme, str] = field(default_factory=dict)
    alpha: dict[Programme, float] = field(default_factory=dict)
    loan_score: dict[Programme, float] = field(default_factory=dict)
    equity_score: dict[Programme, float] = field(default_factory=dict)
    yearly_cap: dict[Programme, float | None] = field(default_factory=dict)
    committed: dict[Programme, float] = field(default_factory=dict)


@dataclass(frozen=True)
class StockPlanNumbers:
    """Stock purchase plans, announced here and now.

    ``tranche_of`` maps (stockpile, year) to the tranche's first year, for the years in which buying is allowed.
    ``price`` is the expected purchase price, musd per kt; ``discount`` the public discount factor.
    """

    programme: dict[str, Programme] = field(default_factory=dict)
    tranches: tuple[tuple[str, int], ...] = ()
    tranche_of: dict[tuple[str, int], int] = field(default_factory=dict)
    rate_limit: dict[str, float] = field(default_factory=dict)
    price: dict[tuple[str, int], float] = field(default_factory=dict)
    opening: dict[str, float] = field(default_factory=dict)
    capacity: dict[str, float | None] = field(default_factory=dict)
    loss: dict[str, float] = field(default_factory=dict)
    cover_target: dict[tuple[str, str, int], float] = field(default_factory=dict)
    cover_miss_price: dict[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class AwardNumbers:
    """The whole award layer. ``path_weight`` has one entry per price path and sums to 1.

    ``spend_share`` gives, per build option, the share of capex-time money spent in each of ``outlay_years``.
    ``discount`` is the public discount factor of each outlay year.
    """

    years: tuple[int, ...]
    outlay_years: tuple[int, ...]
    discount: FloatArray
    path_weight: FloatArray
    sponsor_alpha: float
    plants: PlantNumbers
    contracts: ContractNumbers
    support: SupportNumbers
    programmes: ProgrammeNumbers
    stock: StockPlanNumbers
    spend_share: dict[BuildOption, FloatArray]
    weights: dict[str, float] = field(default_factory=dict)

    @property
    def build_options(self) -> tuple[BuildOption, ...]:
        """All (plant, start year) pairs on offer."""
        return tuple(self.plants.capex)

    @property
    def candidates(self) -> tuple[Plant, ...]:
        """Candidate plants, each once, in order of appearance."""
        return tuple(dict.fromkeys(plant for plant, _ in self.plants.capex))
