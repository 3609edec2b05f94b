"""What is not known when awards are made: price paths for finance, futures for supply."""

from __future__ import annotations

from optimizer.errors import SettingError
from optimizer.scenarios.decks import expected_deck, quantile_deck, user_deck
from optimizer.scenarios.draws import Draws, Exposure, Future, Futures, PricePaths
from optimizer.scenarios.exposure import compare_exposure, reduction_report
from optimizer.scenarios.futures import joint_draws
from optimizer.scenarios.reduce import reduce_futures
from optimizer.scenarios.timeline import CaseTables


def draw(
    case: CaseTables, *, paths: int | None = None, futures: int | None = None, seed: int | None = None
) -> Draws:
    """Draw price paths and futures of a case; sizes and seed are the case's unless given.

    A pure function of the case and the arguments: the same ones give the same bytes. ``futures`` counts calm. Raises
    ``SettingError`` for sizes below 1 or a negative seed, ``CaseError`` if price tables contradict each other.
    """
    scenarios = case.settings.scenarios
    paths = scenarios.paths if paths is None else paths
    futures = scenarios.futures if futures is None else futures
    seed = scenarios.seed if seed is None else seed
    if paths < 1 or futures < 1 or seed < 0:
        raise SettingError(f"paths and futures are at least 1 and seed at least 0; got {paths}, {futures}, {seed}.")
    joint = joint_draws(case, paths=paths, seed=seed)
    kept = reduce_futures(joint, futures)
    return Draws(joint.paths, kept, seed, compare_exposure(joint, kept.futures))


__all__ = [
    "Draws",
    "Exposure",
    "Future",
    "Futures",
    "PricePaths",
    "draw",
    "expected_deck",
    "quantile_deck",
    "reduction_report",
    "user_deck",
]
