"""Case and scenarios → numbers for the models. Units end here: from here on mass is in kt and money in musd."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.award_numbers import AwardNumbers, ContractNumbers, PlantNumbers, SupportNumbers
from models.supply_numbers import FutureNumbers, ServiceLevel, ShareLimit, SupplyStructure
from optimizer.instance.commitments import require_possible
from optimizer.instance.contracts import contract_numbers
from optimizer.instance.futures import future_numbers
from optimizer.instance.market import Market
from optimizer.instance.plan import spend_profile
from optimizer.instance.plants import plant_numbers
from optimizer.instance.stock import stock_plan_numbers
from optimizer.instance.structure import supply_structure
from optimizer.instance.support import programme_numbers, support_numbers
from optimizer.scenarios import Draws, quantile_deck, user_deck
from optimizer.terms.finance import discount_factors

FloatArray = NDArray[np.float64]
_Target = TypeVar("_Target", ShareLimit, ServiceLevel)


@dataclass(frozen=True)
class Instance:
    """Numbers of one case under one set of draws, ready for the models."""

    awards: AwardNumbers
    structure: SupplyStructure
    futures: tuple[FutureNumbers, ...]
    tail_alpha: float


def compile_instance(case: Any, draws: Draws) -> Instance:
    """Payoffs, present values, capacities and costs of a case. A pure function of its arguments.

    Raises NoPlanError if what is committed cannot be awarded.
    """
    case = case.in_key_order()
    paths = draws.paths
    market = Market(case, paths.years, paths.yearly)
    deck_prices = lender_deck(case, paths)
    deck = Market(case, paths.years, lambda series: deck_prices[series])
    deck_quarterly = {name: np.repeat(prices[:, np.newaxis], 4, axis=1) for name, prices in deck_prices.items()}
    plants = plant_numbers(case, paths, market, deck, paths.weight)
    contracts = contract_numbers(case, paths, market, deck, deck_quarterly, plants.private_entry)
    rates, horizon = case.settings.rates, case.settings.horizon
    awards = AwardNumbers(
        years=tuple(range(horizon.first_year, horizon.last_year + 1)),
        outlay_years=paths.years,
        discount=discount_factors(paths.years, rates.public, horizon.first_year),
        path_weight=paths.weight,
        sponsor_alpha=case.settings.viability.alpha,
        plants=plants,
        contracts=contracts,
        support=support_numbers(case, paths, market, plants),
        programmes=programme_numbers(case),
        stock=stock_plan_numbers(case, paths, market),
        spend_share={option: _spend_share(case, option, paths.years) for option in plants.capex},
        weights=case.settings.objective.effective_weights.model_dump(),
    )
    require_possible(awards)
    structure = supply_structure(case, contracts.purchase_into)
    starts = {
        c: (contracts.plant[c], tuple(y for name, y in contracts.output if name == c)) for c in contracts.purchase_into
    }
    futures = future_numbers(case, structure, draws.futures, starts)
    return Instance(awards, structure, futures, case.settings.objective.tail_alpha)


def lender_deck(case: Any, paths: Any) -> dict[str, FloatArray]:
    """Prices in the lender's deck: the named deck where it states a series, the low quantile of the paths elsewhere."""
    viability = case.settings.viability
    deck: dict[str, FloatArray] = dict(quantile_deck(paths, viability.lender_quantile))
    if viability.lender_deck:
        deck.update(user_deck(case, viability.lender_deck, paths.years))
    return deck


def without_awards(instance: Instance) -> Instance:
    """The same instance if no new award were made: only plants that enter unaided, no contract, support or purchase."""
    awards = instance.awards
    entered = awards.plants.private_entry
    kept = {option for option in awards.plants.capex if entered.get(option[0]) == option[1]}
    return replace(
        instance,
        awards=replace(
            awards,
            plants=_only(awards.plants, kept),
            contracts=ContractNumbers(),
            support=SupportNumbers(),
            programmes=replace(awards.programmes, committed={}),
            stock=replace(
                awards.stock,
                tranches=(),
                tranche_of={},
                cover_miss_price={n: price or 0.0 for n, price in awards.stock.cover_miss_price.items()},
            ),
        ),
        structure=replace(
            instance.structure,
            purchase_into={},
            share_limits={n: _missable(limit) for n, limit in instance.structure.share_limits.items()},
            service_levels={n: _missable(level) for n, level in instance.structure.service_levels.items()},
        ),
    )


def _missable(target: _Target) -> _Target:
    """A hard target as one that may be missed at no cost: without a plan, targets are reported, not enforced."""
    return replace(target, miss_price=0.0) if target.miss_price is None else target


def _only(plants: PlantNumbers, kept: set[tuple[str, int]]) -> PlantNumbers:
    return replace(
        plants,
        capex={o: v for o, v in plants.capex.items() if o in kept},
        requires={p: q for p, q in plants.requires.items() if p in plants.private_entry},
    )


def _spend_share(case: Any, option: tuple[str, int], years: tuple[int, ...]) -> FloatArray:
    plant = case.row("plants", option[0])
    out = np.zeros(len(years))
    spent, shares = spend_profile(plant, option[1], years[0])
    np.add.at(out, spent - years[0], shares)
    return out
