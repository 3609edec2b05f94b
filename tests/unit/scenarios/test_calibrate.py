"""Calibration recovers what simulated histories were made with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from optimizer.errors import SettingError
from optimizer.scenarios.calibrate import calibrate, calibrate_case
from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.processes import shock_deviation
from tests.unit.scenarios.cases import process, tiny_case

YEARS = 500


def history(prices: FloatArray, series: str = "oxide", first: str = "1500-01") -> pd.DataFrame:
    months = pd.period_range(first, periods=len(prices), freq="M").astype(str)
    return pd.DataFrame({"series": series, "period": months, "usd_per_kg": prices})


def simulated(rho: float, *, half_life: float = 2.0, years: int = YEARS, seed: int = 1) -> FloatArray:
    """Monthly prices around 80 with volatility 0.3, by the recursion itself."""
    phi = 0.5 ** (1 / (12 * half_life))
    sigma = float(shock_deviation(np.array(0.3), np.array(phi), np.array(rho)))
    normal = np.random.default_rng(seed).standard_normal(12 * years)
    x, shock, out = 0.0, 0.0, np.empty(12 * years)
    for month, z in enumerate(normal):
        shock = rho * shock + sigma * (1 - rho**2) ** 0.5 * z
        x = phi * x + shock
        out[month] = x
    return 80 * np.exp(out)


@pytest.mark.parametrize("rho", [0.35, 0.6])
def test_recovers_volatility_half_life_level_and_autocorrelation(rho: float) -> None:
    fit = calibrate(history(simulated(rho))).iloc[0]
    assert abs(fit["volatility_per_year"] - 0.3) < 4 * fit["volatility_error"]
    assert abs(fit["kappa_per_year"] - np.log(2) / 2) < 4 * fit["kappa_error"]
    assert abs(fit["autocorrelation"] - rho) < 4 * fit["autocorrelation_error"]
    assert abs(np.log(fit["long_run_usd_per_kg"] / 80)) < 4 * fit["long_run_log_error"]
    # Five centuries leave errors small enough for the above to mean something.
    assert fit["volatility_error"] < 0.01
    assert fit["kappa_error"] < 0.06
    assert fit["autocorrelation_error"] < 0.03
    assert fit["long_run_log_error"] < 0.1
    assert abs(fit["residual_autocorrelation"]) < 4 / (12 * YEARS) ** 0.5
    assert fit["ljung_box_p"] > 1e-3


def test_standard_errors_are_those_of_repeated_histories() -> None:
    fits = calibrate(pd.concat([history(simulated(0.35, years=60, seed=s), f"s{s:02d}") for s in range(60)]))
    for figure, error in [("volatility_per_year", "volatility_error"), ("autocorrelation", "autocorrelation_error")]:
        # A standard deviation over 60 histories has a standard error of 1/√120 = 9 %; the mean of the stated ones less.
        assert fits[figure].std() == pytest.approx(fits[error].mean(), rel=0.4)


def test_plain_regression_takes_momentum_for_persistence() -> None:
    fit = calibrate(history(simulated(0.6))).iloc[0]
    phi = 0.5 ** (1 / 24)
    # The regression on one lag finds (φ + ρ)/(1 + φρ), half-life 8.0 years instead of 2.
    found = (phi + 0.6) / (1 + 0.6 * phi)
    assert fit["half_life_plain_years"] == pytest.approx(-np.log(2) / np.log(found) / 12, rel=0.25)
    assert fit["half_life_plain_years"] > 3 * fit["half_life_years"]


def test_without_momentum_both_half_lives_agree() -> None:
    fit = calibrate(history(simulated(0.0))).iloc[0]
    assert fit["half_life_plain_years"] == pytest.approx(fit["half_life_years"], rel=0.05)
    assert fit["half_life_plain_years"] == pytest.approx(2.0, rel=0.15)
    assert fit["half_life_corrected_years"] > fit["half_life_plain_years"]


def test_missing_months_are_counted_and_not_bridged() -> None:
    prices = simulated(0.35, years=40)
    whole = history(prices)
    # Price doubles across the gap: a bridge would show as a monthly return of ln 2 or more.
    prices[240:] *= 2
    gap = history(prices).drop(index=range(237, 240))
    fit = calibrate(gap).iloc[0]
    # 480 months, 3 missing: 476 months with a successor less those touching the gap (4 changes of 479).
    assert (fit["months"], fit["missing_months"], fit["changes"]) == (480, 3, 475)
    inside = np.diff(np.log(whole["usd_per_kg"].to_numpy()))
    kept = np.delete(inside, range(236, 240))
    assert fit["volatility_per_year"] == pytest.approx(kept.std(ddof=1) * 12**0.5)


def test_order_of_rows_does_not_matter() -> None:
    table = history(simulated(0.35, years=20))
    shuffled = table.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(calibrate(table), calibrate(shuffled))


def test_a_growing_price_has_no_level() -> None:
    walk = np.exp(np.cumsum(0.02 + 0.01 * np.random.default_rng(2).standard_normal(120)) + 3)
    fit = calibrate(history(walk)).iloc[0]
    assert fit["half_life_plain_years"] > 50


def test_faulty_histories_are_refused() -> None:
    prices = simulated(0.35, years=5)
    twice = pd.concat([history(prices), history(prices[:1])])
    with pytest.raises(SettingError, match="1500-01 twice"):
        calibrate(twice)
    with pytest.raises(SettingError, match="not positive"):
        calibrate(history(np.where(np.arange(60) == 3, 0.0, prices)))
    with pytest.raises(SettingError, match="23 monthly changes"):
        calibrate(history(prices[:24]))


def test_case_is_set_beside_the_fit() -> None:
    prices = simulated(0.35, years=30)
    rows = history(prices, first="1990-01").to_dict("records")
    case = tiny_case().having(price_history=rows, price_series=[
        process("oxide", volatility_per_year=0.5, long_run_usd_per_kg=80.0, autocorrelation=0.35)])
    (line,) = calibrate_case(case).to_dict("records")
    assert (line["stated_volatility_per_year"], line["stated_half_life_years"]) == (0.5, 2.0)
    # Stated 0.5 against a true 0.3 with an error of about 0.3/√720 × 1.13 = 0.0127: some 16 errors too high.
    assert line["volatility_errors_apart"] == pytest.approx(
        (0.5 - line["volatility_per_year"]) / line["volatility_error"])
    assert line["volatility_errors_apart"] > 8
    assert abs(line["kappa_errors_apart"]) < 4
    assert abs(line["autocorrelation_errors_apart"]) < 4
