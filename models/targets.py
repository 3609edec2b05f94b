r"""Security targets of the supply layer: limits on one origin's share, and service levels of a demand segment.

Each applies in all futures or in the calm one, and is hard, or may be missed at a price.

- :math:`\bar\sigma_n` largest share of supply from region a; :math:`\ell_n` smallest share of demand met
- :math:`\mu_{nt}` ``share_missed``, ``service_missed``: by how much the target is missed, kt/yr
- :math:`f_{armqt}` flow; :math:`\text{made}_{rmt}`, :math:`\text{released}_{rmt}` as in ``sourcing``, over all streams
- :math:`D_{dt}` demand, of which :math:`u_{dt}` is not met
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from models.limits import is_nothing, set_upper
from models.sourcing import made_here, released_here


def add_targets(block: Any) -> None:
    """Targets that apply in this future, hard or with a miss that is paid for.

    Where ``calm`` is data rather than a number, rows for the calm future alone are there too, and data lets them be
    missed at no cost in any other.
    """
    numbers, calm = block.numbers, block.future.calm
    shares = {n: limit for n, limit in numbers.share_limits.items() if not (limit.calm_only and is_nothing(calm))}
    block.SHARE_LIMIT = pyo.Set(
        initialize=[(n, t) for n, limit in numbers.share_limits.items() for t in limit.years], dimen=2
    )
    block.share_missed = pyo.Var(block.SHARE_LIMIT, bounds=(0.0, numbers.volume_bound))
    for n, t in block.SHARE_LIMIT:
        set_upper(block, block.share_missed[n, t], _largest_miss(block, numbers.share_limits[n]))
    applies = [(n, t) for n, limit in shares.items() for t in limit.years]
    block.SHARE_LIMIT_APPLIES = pyo.Set(initialize=applies, dimen=2)
    block.share_limit = pyo.Constraint(block.SHARE_LIMIT_APPLIES, rule=share_limit)
    levels = {n: level for n, level in numbers.service_levels.items() if not (level.calm_only and is_nothing(calm))}
    block.SERVICE_LEVEL = pyo.Set(
        initialize=[(n, t) for n, level in numbers.service_levels.items() for t in level.years], dimen=2
    )
    block.service_missed = pyo.Var(block.SERVICE_LEVEL, bounds=(0.0, numbers.volume_bound))
    for n, t in block.SERVICE_LEVEL:
        set_upper(block, block.service_missed[n, t], _largest_miss(block, numbers.service_levels[n]))
    applies = [(n, t) for n, level in levels.items() for t in level.years]
    block.SERVICE_LEVEL_APPLIES = pyo.Set(initialize=applies, dimen=2)
    block.service_level = pyo.Constraint(block.SERVICE_LEVEL_APPLIES, rule=service_level)


def _largest_miss(block: Any, target: Any) -> Any:
    """Upper limit on a miss, kt/yr: nothing for a hard target where it applies."""
    bound, calm = block.numbers.volume_bound, block.future.calm
    if target.miss_price is not None:
        return bound
    return bound * (1.0 - calm) if target.calm_only else 0.0


def applies(block: Any, target: Any) -> Any:
    """1 where a target applies, 0 where not; data where that is data."""
    return block.future.calm if target.calm_only else 1.0


def share_limit(block: Any, name: str, t: int) -> Any:
    r"""At most the stated share of a region's supply of a material comes from one origin. [kt/yr]

    .. math:: \sum_q f_{armqt} \le \mu_{nt}
       + \bar\sigma_n \Big(\sum_{b,q} f_{brmqt} + \text{made}_{rmt} + \text{released}_{rmt}\Big)
    """
    limit = block.numbers.share_limits[name]
    r, m = limit.region, limit.material
    streams = block.numbers.materials_by_node[r, m]
    lanes = [lane for q in streams for lane in block.into[r, m, q]]
    received = pyo.quicksum(block.flow[(*lane, t)] for lane in lanes)
    from_origin = pyo.quicksum(block.flow[(*lane, t)] for lane in lanes if lane[0] == limit.origin)
    own = pyo.quicksum(made_here(block, r, m, q, t) + released_here(block, r, m, q, t) for q in streams)
    return from_origin <= limit.level * (received + own) + block.share_missed[name, t]


def service_level(block: Any, name: str, t: int) -> Any:
    r"""At least the stated share of the demand is met. [kt/yr]

    .. math:: \sum_d u_{dt} \le (1 - \ell_n) \sum_d D_{dt} + \mu_{nt}
    """
    target = block.numbers.service_levels[name]
    unmet = pyo.quicksum(block.unmet[(*d, t)] for d in target.demands)
    wanted = sum(block.future.demand[d, t] for d in target.demands)
    return unmet <= (1.0 - target.level) * wanted + block.service_missed[name, t]
