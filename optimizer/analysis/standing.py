"""Terms of a contract, on the menu or off it, and what sponsor and lender say of a plant at such terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.data.nearest import allowed_words
from optimizer.data.row import Row
from optimizer.errors import SettingError
from optimizer.terms.finance import cvar, lower_tail_mean, quantile

FloatArray = NDArray[np.float64]

SLACK = 1e-6
"""A condition counts as met if it is missed by no more than this, musd: as closely as the solver holds it."""


@dataclass(frozen=True)
class ContractTerms:
    """A contract at any terms.

    ``row`` is a row of ``contracts`` whose columns may be changed at will, ``strike`` is in USD/kg, and ``share`` is
    the share of the plant's planned full output that is covered (0 to 1). The row's own menu of strikes and shares is
    not read.
    """

    row: Row
    strike: float
    share: float

    @classmethod
    def of(cls, row: Row, strike: float | None = None, share: float | None = None) -> ContractTerms:
        """A contract as it is offered; left out, the strike is the top of its menu and the share its largest."""
        strike = row.strike_max_usd_per_kg if strike is None else strike
        return cls(row, strike, row.share_max if share is None else share)

    def at(self, strike: float | None = None, share: float | None = None, **columns: Any) -> ContractTerms:
        """The same contract with another strike, share or value of any column of ``contracts``.

        Raises SettingError for an unknown column or a share that is not between 0 and 1.
        """
        for name in columns:
            if name not in self.row:
                raise SettingError(f"contracts have no column '{name}'. {allowed_words(name, list(self.row))}")
        share = self.share if share is None else share
        if not 0.0 <= share <= 1.0:
            raise SettingError(f"A contract cannot cover {share:g} of the output. Use a share between 0 and 1.")
        row = Row({**self.row, **columns}) if columns else self.row
        return ContractTerms(row, self.strike if strike is None else strike, share)

    @property
    def kind(self) -> tuple[Any, ...]:
        """All terms but the strike, to tell contracts apart by. The share changes payments only if they are capped."""
        return (*self.row.values(), self.share if self.row.upside_cap_musd_per_year is not None else None)


@dataclass(frozen=True)
class Standing:
    """What sponsor and lender say of one plant at given terms, and what these cost the public.

    ``slack`` is by how much the tightest condition holds, musd, with the debt that suits it best; below zero it is
    missed by that much. ``spare`` is what the sponsor could give up for certain and still accept its expected return
    and its downside; below zero it is what it lacks. ``margins`` has one entry per condition, named as in
    ``models.viability``: by how much it holds (below zero: is missed) at ``debt``; those of expected return, downside
    and over-compensation are present values at the hurdle rate, the others musd that could be borrowed or raised on
    top. ``loan_capacity`` is the most private debt that the lender gives. ``npv`` (the sponsor's, at the hurdle rate)
    and ``outlay`` (net, at the public rate) are per price path, whose probabilities are ``weight``. ``alpha`` is the
    level of the sponsor's tail.
    """

    slack: float
    spare: float
    margins: Mapping[str, float]
    debt: float
    loan_capacity: float
    npv: FloatArray
    outlay: FloatArray
    weight: FloatArray
    alpha: float

    @property
    def viable(self) -> bool:
        """Whether every condition can be met."""
        return self.slack >= -SLACK

    @property
    def fails(self) -> tuple[str, ...]:
        """The conditions that are missed, worst first."""
        missed = {name: margin for name, margin in self.margins.items() if margin < -SLACK}
        return () if self.viable else tuple(sorted(missed, key=lambda name: missed[name]))

    @property
    def expected_npv(self) -> float:
        """The sponsor's expected net present value, musd."""
        return float(self.weight @ self.npv)

    @property
    def tail_npv(self) -> float:
        """The sponsor's mean net present value in its bad tail, musd."""
        return float(lower_tail_mean(self.npv, self.weight, self.alpha))

    @property
    def expected_outlay(self) -> float:
        """Expected net public outlay, musd."""
        return float(self.weight @ self.outlay)

    @property
    def p95_outlay(self) -> float:
        """Net public outlay that is not exceeded with a probability of 95 %, musd."""
        return float(quantile(self.outlay, self.weight, 0.95))

    @property
    def worst_outlay(self) -> float:
        """Largest net public outlay over all price paths, musd."""
        return float(self.outlay.max())

    def cvar_outlay(self, alpha: float = 0.95) -> float:
        """Mean of the largest 1 − ``alpha`` of net public outlay, musd."""
        return float(cvar(self.outlay, self.weight, alpha))
