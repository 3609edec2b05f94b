"""Terms of contracts and finance: pure arithmetic on arrays, no solver."""

from __future__ import annotations

from optimizer.terms.black import black76_call, black76_put
from optimizer.terms.finance import (
    annual_equivalent,
    annuity_factor,
    capex_profile,
    cvar,
    discount_factors,
    internal_rate_of_return,
    level_service,
    lower_tail_mean,
    present_value,
    quantile,
    tail_weights,
)
from optimizer.terms.payoff import (
    PaymentParts,
    capped_payment,
    difference_payment,
    indexed_strike,
    payment_parts,
    purchase_gain,
    yearly_parts,
    yearly_payment,
)

__all__ = [
    "PaymentParts",
    "annual_equivalent",
    "annuity_factor",
    "black76_call",
    "black76_put",
    "capex_profile",
    "capped_payment",
    "cvar",
    "difference_payment",
    "discount_factors",
    "indexed_strike",
    "internal_rate_of_return",
    "level_service",
    "lower_tail_mean",
    "payment_parts",
    "present_value",
    "purchase_gain",
    "quantile",
    "tail_weights",
    "yearly_parts",
    "yearly_payment",
]
