"""Black's formula for options on a forward price: the reference value of a floor when prices are lognormal."""

from __future__ import annotations

import math

from optimizer.errors import SettingError


def black76_put(forward: float, strike: float, volatility: float, time: float, rate: float) -> float:
    """Present value, USD/kg, of receiving max(strike − price, 0) after ``time`` years. Black (1976).

    ``forward`` and ``strike`` in USD/kg, ``volatility`` per √year, ``rate`` continuously compounded per year.

    A four-month put on crude oil futures, futures and strike 20, rate 9 %, volatility 25 %, is worth 1.12 (Hull,
    *Options, Futures, and Other Derivatives*, chapter on futures options):

    >>> round(black76_put(20.0, 20.0, 0.25, 4 / 12, 0.09), 2)
    1.12
    >>> black76_put(60.0, 110.0, 0.0, 1.0, 0.0)
    50.0
    """
    lower, upper = _scores(forward, strike, volatility, time)
    return math.exp(-rate * time) * (strike * _normal(-lower) - forward * _normal(-upper))


def black76_call(forward: float, strike: float, volatility: float, time: float, rate: float) -> float:
    """Present value, USD/kg, of receiving max(price − strike, 0) after ``time`` years; arguments as the put.

    Call minus put is the discounted difference of forward and strike:

    >>> call, put = black76_call(120.0, 110.0, 0.3, 2.0, 0.03), black76_put(120.0, 110.0, 0.3, 2.0, 0.03)
    >>> math.isclose(call - put, 10.0 * math.exp(-0.06), rel_tol=1e-12)
    True
    """
    lower, upper = _scores(forward, strike, volatility, time)
    return math.exp(-rate * time) * (forward * _normal(upper) - strike * _normal(lower))


def _scores(forward: float, strike: float, volatility: float, time: float) -> tuple[float, float]:
    """d₂ and d₁ of the formula; infinite when nothing is uncertain."""
    if forward <= 0.0 or strike <= 0.0 or volatility < 0.0 or time < 0.0:
        raise SettingError("forward and strike must be above 0, volatility and time at least 0.")
    spread = volatility * math.sqrt(time)
    moneyness = math.log(forward / strike)
    if spread == 0.0:
        return (math.copysign(math.inf, moneyness),) * 2
    return moneyness / spread - spread / 2, moneyness / spread + spread / 2


def _normal(score: float) -> float:
    """Probability that a standard normal variable lies below ``score``."""
    return math.erfc(-score / math.sqrt(2.0)) / 2.0
