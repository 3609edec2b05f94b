"""Settings of a case (``case.toml``): frozen, and unknown keys are refused.

The description of each field is its manual; ``optimizer template`` writes a commented ``case.toml`` from them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from optimizer.display import page
from optimizer.display.models import PublicModel, describe, values_table

Perspective = Literal["society", "treasury", "security"]


class _Section(BaseModel, metaclass=PublicModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CaseInfo(_Section):
    """What the case is about."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="Short name of the case.")
    title: str = Field(description="Title, as printed above results.")
    question: str = Field(description="The question the case answers.")
    price_year: int = Field(ge=1990, le=2100, description="All money is in million USD of this year.")


class Horizon(_Section):
    """Years of the supply layer. Finance runs on over the life of each plant."""

    first_year: int = Field(ge=2000, le=2100, description="First year.")
    last_year: int = Field(ge=2000, le=2100, description="Last year.")

    @model_validator(mode="after")
    def _in_order(self) -> Horizon:
        if self.last_year < self.first_year:
            raise ValueError(f"last_year {self.last_year} is before first_year {self.first_year}")
        return self


class Rates(_Section):
    """Real discount rates per year."""

    social: float = Field(ge=0.0, le=0.2, description="Discounts resource costs.")
    public: float = Field(ge=0.0, le=0.2, description="Discounts public outlays (the government's own borrowing cost).")


class Viability(_Section):
    """How sponsors and lenders judge a plant."""

    alpha: float = Field(default=0.9, ge=0.0, le=0.999, description="The sponsor's bad tail: 0.9 is the worst 10 % of price paths.")
    loss_limit_scale: float = Field(default=1.0, ge=0.0, le=100.0, description="Multiplies loss_limit_share of every plant: the downside protection sponsors ask for (0: no tail loss at all).")
    lender_quantile: float = Field(default=0.1, ge=0.001, le=0.999, description="The lender's deck is this quantile of the price paths, year by year.")
    lender_deck: str = Field(default="", description="A deck of price_decks to use instead of the quantile; empty for none.")
    private_entry: bool = Field(default=True, description="Candidates viable without support are built in every plan and in the baseline.")


class Weights(_Section):
    """Weights of the objective; see the perspectives."""

    resource: float = Field(default=1.0, ge=0.0, le=1e3, description="Capex, operation, imports, freight, holding.")
    shortage: float = Field(default=1.0, ge=0.0, le=1e3, description="Shortage cost.")
    outlay: float = Field(default=0.2, ge=0.0, le=1e3, description="Expected net public outlay: the marginal cost of public funds.")
    tail: float = Field(default=0.0, ge=0.0, le=1e3, description="CVaR of the cost of supply over the futures.")
    tariff: float = Field(default=0.0, ge=0.0, le=1e3, description="Tariffs paid by buyers. 0: a transfer that does not steer the plan; 1: sourcing reacts to tariffs as buyers would.")


PERSPECTIVES: dict[Perspective, Weights] = {
    "society": Weights(),
    "treasury": Weights(resource=0.01, shortage=0.01, outlay=1.0),
    "security": Weights(resource=0.01, shortage=1.0, outlay=0.01),
}
"""Perspectives are weights, not code."""


class Objective(_Section):
    """Whose view the plan takes."""

    perspective: Perspective = Field(default="society", description="society: resource cost and the cost of public funds. treasury: least outlay subject to security targets. security: least shortfall subject to the pots.")
    weights: Weights | None = Field(default=None, description="Own weights instead of the perspective's.")
    tail_alpha: float = Field(default=0.9, ge=0.0, le=0.999, description="Tail of the supply-cost CVaR: 0.9 is the worst 10 % of futures.")

    @property
    def effective_weights(self) -> Weights:
        """Own weights if given, else those of the perspective.

        >>> Objective(perspective="treasury").effective_weights.outlay
        1.0
        """
        return self.weights if self.weights is not None else PERSPECTIVES[self.perspective]


class Scenarios(_Section):
    """How uncertainty is drawn."""

    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="Seed: same seed, same tables.")
    paths: int = Field(default=256, ge=1, le=100_000, description="Price paths for viability and outlays.")
    futures: int = Field(default=10, ge=1, le=2_000, description="Futures of the supply layer after reduction, calm included.")
    demand_spread: float = Field(default=0.0, ge=0.0, le=0.2, description="Standard deviation of the yearly demand growth rate across futures, per year.")
    reduction_metric: Literal["cost"] = Field(default="cost", description="Distance used in reducing futures.")
    hazard_scale: float = Field(default=1.0, ge=0.0, le=100.0, description="Multiplies hazard_per_year of every disruption (result capped at 1).")


class Solve(_Section):
    """How far to solve."""

    gap: float = Field(default=1e-3, ge=0.0, le=1e-1, description="Relative gap at which to stop.")
    time_limit_s: float = Field(default=600.0, gt=0.0, le=1e6, description="Seconds after which the best plan so far is returned.")


class Settings(_Section):
    """All settings of a case: frozen sections, read from ``case.toml``. ``case.set("scenarios.paths", 64)`` changes one.

    Each as SECTION.NAME, with what it is when it is left out:
    """

    case: CaseInfo
    horizon: Horizon
    rates: Rates
    viability: Viability = Viability()
    objective: Objective = Objective()
    scenarios: Scenarios = Scenarios()
    solve: Solve = Solve()

    def __dir__(self) -> list[str]:
        return sorted(type(self).model_fields)

    def _repr_html_(self) -> str:
        return page(f"Settings of {self.case.name}", values_table(self))


describe(Settings)
