"""Price processes: moments against closed forms, links, and the order of effects."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.errors import CaseError
from optimizer.scenarios import draw
from optimizer.scenarios.draws import FloatArray
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.price import ShockStream, log_deviations, median_log_deviations, median_prices
from optimizer.scenarios.processes import PriceModel, price_model
from optimizer.scenarios.timeline import timeline
from tests.unit.scenarios.cases import TinyCase, disruption, linked, process, tiny_case

PATHS = 4096


def quiet(**tables: list[dict[str, object]]) -> TinyCase:
    """The tiny case without regimes and disruptions."""
    materials = [{"material": name, "price_series": "oxide"} for name in ("oxide", "magnet")]
    return tiny_case().having(price_regimes=[], disruptions=[], materials=materials).having(**tables)


def simulated(model: PriceModel, months: int = 240) -> FloatArray:
    streams = [ShockStream(5, name, months) for name in model.moving]
    return log_deviations(np.stack([stream.take(PATHS) for stream in streams], axis=1), model)


def test_shocks_are_standard_normal_and_independent_over_months() -> None:
    shocks = ShockStream(1, "oxide", 240).take(PATHS)
    # Standard error of a mean is 1/√n = 0.0156, of a variance √(2/n) = 0.0221, of a correlation 0.0156; the largest of
    # 240 is allowed 5 of them.
    assert np.abs(shocks.mean(axis=0)).max() < 5 * PATHS**-0.5
    assert np.abs(shocks.var(axis=0) - 1).max() < 5 * (2 / PATHS) ** 0.5
    assert np.abs((shocks[:, 1:] * shocks[:, :-1]).mean(axis=0)).max() < 5 * PATHS**-0.5


@pytest.mark.parametrize("rho", [0.0, 0.35, 0.8])
def test_volatility_is_the_annualised_deviation_of_monthly_log_returns(rho: float) -> None:
    model = price_model(quiet(price_series=[process("oxide", autocorrelation=rho)], price_links=[],
                              price_correlations=[]))
    # Half-life 2 years: after ten years x has forgotten 97 % of its start in standard deviation, so it is stationary.
    returns = np.diff(simulated(model)[:, 0, 120:], axis=1)
    per_path = (returns**2).mean(axis=1)
    error = per_path.std() / PATHS**0.5
    assert abs(per_path.mean() - 0.3**2 / 12) < 4 * error
    assert error < 0.01 * 0.3**2 / 12


def test_mean_and_variance_of_log_price_follow_the_recursion() -> None:
    model = price_model(quiet())
    k = model.moving.index("oxide")
    x = simulated(model)[:, k]
    phi, rho, sigma = model.persistence[k], model.autocorrelation[k], model.shock_deviation[k]
    # With state (x, η): Var x' = φ² Var x + 2φρ Cov + σ², Cov' = φρ Cov + σ², from Var = Cov = 0 before month 1.
    variance, covariance = 0.0, 0.0
    for month in range(240):
        variance = phi**2 * variance + 2 * phi * rho * covariance + sigma**2
        covariance = phi * rho * covariance + sigma**2
        if month in (0, 11, 59, 239):
            # Deviation of the start: ln(120/100), halved every 24 months.
            mean = np.log(1.2) * 0.5 ** ((month + 1) / 24)
            assert abs(x[:, month].mean() - mean) < 4 * (variance / PATHS) ** 0.5
            assert abs(x[:, month].var() - variance) < 4 * variance * (2 / PATHS) ** 0.5


def test_response_to_a_single_shock() -> None:
    case = quiet(price_series=[process("oxide", autocorrelation=0.5)], price_links=[], price_correlations=[])
    model = price_model(case)
    phi, sigma = float(model.persistence[0]), float(model.shock_deviation[0])
    # A shock η = s is followed by 0.5 s, 0.25 s …, and x carries φ of its last value over: s, s(φ + 0.5),
    # s(φ² + 0.5 φ + 0.25). s is σ in month 1, where shocks begin at their stationary deviation, and σ√(1 − 0.5²) later.
    answer = np.array([1.0, phi + 0.5, phi**2 + 0.5 * phi + 0.25])
    first, second = np.zeros((1, 1, 3)), np.zeros((1, 1, 4))
    first[0, 0, 0] = second[0, 0, 1] = 1.0
    assert log_deviations(first, model)[0, 0] == pytest.approx(sigma * answer)
    assert log_deviations(second, model)[0, 0] == pytest.approx(sigma * 0.75**0.5 * np.concatenate([[0.0], answer]))


def test_median_deviation_halves_in_a_half_life() -> None:
    model = price_model(quiet())
    k = model.moving.index("heavy")
    # heavy starts at 100 with a long-run level of 250 and half-life 2 years.
    path = median_log_deviations(model, 48)[k]
    assert path[23] == pytest.approx(0.5 * np.log(100 / 250))
    assert path[47] == pytest.approx(0.25 * np.log(100 / 250))


def test_autocorrelation_and_correlation_of_shocks() -> None:
    model = price_model(quiet())
    x = simulated(model)
    start = np.log(model.start / model.long_run)[None, :, None] + np.zeros((PATHS, 1, 1))
    before = np.concatenate([start, x[:, :, :-1]], axis=2)
    shocks = x - model.persistence[:, None] * before
    oxide, heavy, basis = (shocks[:, model.moving.index(name)] for name in ("oxide", "heavy", "basis"))
    lagged = np.mean([np.corrcoef(oxide[:, m], oxide[:, m + 1])[0, 1] for m in range(0, 238, 2)])
    # Means of 119 estimates, each of standard error at most 1/√4096, that are nearly independent.
    error = (PATHS * 119) ** -0.5
    assert abs(lagged - 0.35) < 4 * error
    # Innovations correlate 0.6. oxide's shock holds √(1 − 0.35²) of this month's innovation from month 2 on.
    both = np.mean([np.corrcoef(oxide[:, m], heavy[:, m])[0, 1] for m in range(10, 240, 2)])
    assert abs(both - 0.6 * (1 - 0.35**2) ** 0.5) < 4 * error
    none = np.mean([np.corrcoef(oxide[:, m], basis[:, m])[0, 1] for m in range(10, 240, 2)])
    assert abs(none) < 4 * error


def test_quarterly_averages_of_a_price_without_volatility() -> None:
    case = quiet(price_series=[process("oxide", start_usd_per_kg=200.0, volatility_per_year=0.0)], price_links=[],
                 price_correlations=[])
    paths = draw(case, paths=3).paths
    assert paths.quarterly.shape == (3, 1, 22, 4)
    month = np.arange(1, 4)
    # x starts at ln 2 and halves in 24 months: P_m = 100 · 2^(2^(−m/24)).
    assert paths.quarterly[:, 0, 0, 0] == pytest.approx(np.full(3, np.mean(100 * 2 ** (0.5 ** (month / 24)))))
    assert paths.weight.tolist() == [1 / 3] * 3


def test_linked_series_follow_month_by_month_and_stop_at_zero() -> None:
    case = quiet(
        price_series=[process("oxide"), linked("metal", adder_usd_per_kg=15.0),
                      linked("spread", adder_usd_per_kg=-90.0)],
        price_links=[{"series": "metal", "linked_series": "oxide", "factor": 1.2},
                     {"series": "spread", "linked_series": "oxide", "factor": 1.0}],
        price_correlations=[],
    )
    paths = draw(case, paths=64).paths
    metal, oxide, spread = (paths.quarterly[:, paths.series.index(name)] for name in ("metal", "oxide", "spread"))
    assert metal == pytest.approx(15 + 1.2 * oxide)
    # Averages of max(P − 90, 0) are at least max(average − 90, 0), and positive where a month is.
    assert (spread >= np.maximum(oxide - 90, 0) - 1e-9).all()
    assert (spread == 0).any()
    assert (spread > np.maximum(oxide - 90, 0) + 1e-9).any()


def always(name: str, **cells: object) -> dict[str, object]:
    """A disruption surely in force through the second year: begins in 2026, lasts long."""
    sure = {"hazard_per_year": 1.0, "last_year": 2026, "duration_years_min": 5.0, "duration_years_max": 5.0}
    return disruption(name, **sure, **cells)


def still(*disruptions: dict[str, object]) -> TinyCase:
    """Oxide at 100 and metal at 20 + 1.0 × oxide, without volatility."""
    return quiet(
        price_series=[process("oxide", volatility_per_year=0.0), linked("metal", adder_usd_per_kg=20.0)],
        price_links=[{"series": "metal", "linked_series": "oxide", "factor": 1.0}],
        price_correlations=[],
        materials=[{"material": "oxide", "price_series": "oxide"}, {"material": "magnet", "price_series": "metal"}],
        disruptions=list(disruptions),
    )


@pytest.mark.parametrize(
    ("disruptions", "oxide", "metal"),
    [
        # Oxide alone: 100 × 1.5, and metal through its link, 20 + 150.
        ([always("a", materials=("oxide",), price_factor=1.5)], 150.0, 170.0),
        # Metal alone: 120 × 1.5.
        ([always("a", materials=("magnet",), price_factor=1.5)], 100.0, 180.0),
        # Both: metal is at 1.5 × 120 = 180, more than the 170 of the link, and not 1.5 × 170 = 255.
        ([always("a", price_factor=1.5)], 150.0, 180.0),
        # A deep oxide event beside a mild one on metal: the link's 20 + 300 is more than 1.1 × 120.
        ([always("a", materials=("oxide",), price_factor=3.0), always("b", materials=("magnet",), price_factor=1.1)],
         300.0, 320.0),
        # Two events on oxide: the larger multiple, not 1.5 × 2.
        ([always("a", materials=("oxide",), price_factor=1.5), always("b", materials=("oxide",), price_factor=2.0)],
         200.0, 220.0),
        # A glut on metal: 0.5 × 120, although the link alone would leave it at 120.
        ([always("a", materials=("magnet",), price_factor=0.5)], 100.0, 60.0),
    ],
)
def test_price_effect_of_disruptions(disruptions: list[dict[str, object]], oxide: float, metal: float) -> None:
    paths = draw(still(*disruptions), paths=64).paths
    second_year = {name: paths.yearly(name)[:, 1] for name in paths.series}
    assert second_year["oxide"] == pytest.approx(np.full(64, oxide))
    assert second_year["metal"] == pytest.approx(np.full(64, metal))


def test_price_effect_of_a_month_is_in_proportion_to_the_time_in_force() -> None:
    case = still(always("a", materials=("oxide",), price_factor=1.5))
    joint = joint_draws(case, paths=64, seed=1)
    begins = joint.disruptions[0].spells.start[:, 0]
    # In force from `begins` to the end of 2026: the year's average is 100 × (1 + 0.5 × (1 − begins)).
    assert joint.paths.yearly("oxide")[:, 0] == pytest.approx(100 * (1 + 0.5 * (1 - begins)))


def test_median_path_lies_in_the_middle_of_the_simulated_ones() -> None:
    case = quiet()
    model = price_model(case)
    paths = draw(case, paths=PATHS).paths
    for name in ("oxide", "heavy", "basis"):
        below = (np.log(paths.quarterly[:, paths.series.index(name), 5]).mean(axis=1)
                 < np.log(median_prices(model, timeline(case))[name][5])).mean()
        # A yearly average of log prices is symmetric around the median path, up to the averaging within quarters and
        # the year (below 0.01 here); binomial standard error 0.5/√4096 = 0.0078.
        assert abs(below - 0.5) < 4 * 0.0078 + 0.01


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"price_series": [process("oxide", start_usd_per_kg=0.0)], "price_links": [], "price_correlations": []},
         "does not start or rest above zero"),
        ({"price_links": [{"series": "oxide", "linked_series": "heavy", "factor": 1.0}]}, "does not link"),
        ({"price_correlations": [{"series_a": "oxide", "series_b": "magnet", "correlation": 0.5}]}, "move by"),
        ({"price_correlations": [{"series_a": "oxide", "series_b": "heavy", "correlation": 0.5},
                                 {"series_a": "heavy", "series_b": "oxide", "correlation": 0.4}]}, "stated twice"),
        ({"price_correlations": [{"series_a": "oxide", "series_b": "heavy", "correlation": 0.9},
                                 {"series_a": "heavy", "series_b": "basis", "correlation": 0.9}]}, "contradict"),
    ],
)
def test_contradictory_price_tables_are_refused(tables: dict[str, list[dict[str, object]]], words: str) -> None:
    with pytest.raises(CaseError, match=words):
        price_model(quiet(**tables))
