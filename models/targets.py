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

from models.sourcing import made_here, released_here


def add_targets(block: Any) -> None:
    """Targets that apply in this future, hard or with a miss that is paid for."""
    numbers, calm = block.numbers, block.future.calm
    shares = {n: limit for n, limit in numbers.share_limits.items() if calm or not limit.calm_only}
    block.SHARE_LIMIT = pyo.Set(
        initialize=[(n, t) for n, limit in numbers.share_limits.items() for t in limit.years], dimen=2
    )
    block.share_missed = pyo.Var(
        block.SHARE_LIMIT,
        bounds=lambda _, n, t: (0.0, 0.0 if numbers.share_limits[n].miss_price is None else numbers.volume_bound),
    )
    applies = [(n, t) for n, limit in shares.items() for t in limit.years]
    block.SHARE_LIMIT_APPLIES = pyo.Set(initialize=applies, dimen=2)
    block.share_limit = pyo.Constraint(block.SHARE_LIMIT_APPLIES, rule=share_limit)
    levels = {n: level for n, level in numbers.service_levels.items() if calm or not level.calm_only}
    block.SERVICE_LEVEL = pyo.Set(
        initialize=[(n, t) for n, level in numbers.service_levels.items() for t in level.years], dimen=2
    )
    block.service_missed = pyo.Var(
        block.SERVICE_LEVEL,
        bounds=lambda _, n, t: (0.0, 0.0 if numbers.service_levels[n].miss_price is None else numbers.volume_bound),
    )
    applies = [(n, t) for n, level in levels.items() for t in level.years]
    block.SERVICE_LEVEL_APPLIES = pyo.Set(initialize=applies, dimen=2)
    block.service_level = pyo.Constraint(block.SERVICE_LEVEL_APPLIES, rule=service_level)


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
