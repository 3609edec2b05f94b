r"""The sourcing mix in one future: production, purchases outside, flows, shortages.

- :math:`x_{pqt}` ``produce``, :math:`x_{pjt}` ``produce_step``: output by stream and by step of cost, kt/yr
- :math:`K_{pt}`, :math:`K_{pyt}` capacity in this future of a plant that runs anyway, and of one started in year y
- :math:`\sigma_{pj}` share of capacity at a step of cost; :math:`R_p` reserve; :math:`\nu_p` minimum run, share of
  capacity; :math:`\beta_{pt}` ``below_minimum``
- :math:`f_{abmqt}` ``flow`` from region a to b; :math:`F_{abmt}` capacity of the route in this future
- :math:`\text{made}_{rmqt}` what plants make, joint products included, suppliers sell and collectors gather there;
  :math:`\text{released}_{rmqt}` stock released there; :math:`\text{stored}_{rmqt}` stock bought and taken in there
- :math:`\eta_{pm}` input per kt of main product; :math:`\delta_{rmt}` ``downgrade``: compliant material sold as any, so
  added in the one stream and taken from the other
- :math:`D_{dt}` demand, of which :math:`u_{dt}` ``unmet``; each demand is served from one stream
- :math:`\chi_{rt}` ``collect``: scrap collected, the share :math:`\kappa` at most of what was used :math:`\ell` years
  ago
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from models.limits import is_nothing, set_upper
from models.stockpile import purchased, taken_into


def add_sourcing(block: Any) -> None:
    """Recourse of one future. ``block.numbers``, ``block.future`` and ``block.award`` are set by the assembly."""
    numbers, future = block.numbers, block.future
    _add_variables(block)
    _index_flows(block)
    block.PLANT_YEAR = pyo.Set(initialize=[(p, t) for p in numbers.plant_region for t in numbers.years], dimen=2)
    block.capacity_limit = pyo.Constraint(block.PLANT_YEAR, rule=capacity_limit)
    block.STEP_LIMIT = pyo.Set(
        initialize=[(p, j, t) for p, j, t in block.STEP if len(numbers.cost_steps[p]) > 1], dimen=3
    )
    block.cost_step_limit = pyo.Constraint(block.STEP_LIMIT, rule=cost_step_limit)
    block.output_by_step = pyo.Constraint(block.PLANT_YEAR, rule=output_by_step)
    block.RESERVE = pyo.Set(initialize=list(numbers.reserve))
    block.reserve_limit = pyo.Constraint(block.RESERVE, rule=reserve_limit)
    soft = [(p, t) for p, t in block.PLANT_YEAR if numbers.min_run_share[p] > 0.0]
    block.MIN_RUN = pyo.Set(initialize=soft, dimen=2)
    block.below_minimum = pyo.Var(block.MIN_RUN, bounds=(0.0, numbers.volume_bound))
    block.minimum_run = pyo.Constraint(block.MIN_RUN, rule=minimum_run)
    limited = [(lane, t) for lane in numbers.lanes for t in numbers.years if (lane, t) in future.lane_capacity]
    block.LIMITED_LANE = pyo.Set(initialize=[(*lane, t) for lane, t in limited], dimen=4)
    block.lane_limit = pyo.Constraint(block.LIMITED_LANE, rule=lane_limit)
    block.NODE_YEAR = pyo.Set(initialize=[(*n, t) for n in numbers.nodes for t in numbers.years], dimen=4)
    block.material_balance = pyo.Constraint(block.NODE_YEAR, rule=material_balance)
    exporting = dict.fromkeys((lane[0], lane[2]) for lane in numbers.lanes)
    block.EXPORT_YEAR = pyo.Set(initialize=[(*n, t) for n in exporting for t in numbers.years], dimen=3)
    block.no_sending_on = pyo.Constraint(block.EXPORT_YEAR, rule=no_sending_on)
    block.COLLECTION_YEAR = pyo.Set(
        initialize=[(*key, t) for key in numbers.collection for t in numbers.years], dimen=4
    )
    block.collection_limit = pyo.Constraint(block.COLLECTION_YEAR, rule=collection_limit)


def _add_variables(block: Any) -> None:
    numbers, future = block.numbers, block.future
    years, bound = numbers.years, numbers.volume_bound
    made = [(p, q, t) for p, streams in numbers.plant_streams.items() for q in streams for t in years]
    block.MADE = pyo.Set(initialize=made, dimen=3)
    block.produce = pyo.Var(block.MADE, bounds=(0.0, bound))
    steps = [(p, j, t) for p, steps in numbers.cost_steps.items() for j in range(len(steps)) for t in years]
    block.STEP = pyo.Set(initialize=steps, dimen=3)
    block.produce_step = pyo.Var(block.STEP, bounds=(0.0, bound))
    block.BOUGHT = pyo.Set(initialize=[(*e, t) for e in numbers.suppliers for t in years], dimen=3)
    block.buy = pyo.Var(block.BOUGHT, bounds=(0.0, bound))
    for s, e, t in block.BOUGHT:
        set_upper(block, block.buy[s, e, t], future.supplier_quantity[(s, e), t])
    flows = [(*lane, q, t) for lane in numbers.lanes for q in numbers.lane_streams[lane] for t in years]
    block.FLOW = pyo.Set(initialize=flows, dimen=5)
    block.flow = pyo.Var(block.FLOW, bounds=(0.0, bound))
    tracked = [n for n, streams in numbers.materials_by_node.items() if len(streams) > 1]
    block.DOWNGRADE = pyo.Set(initialize=[(*n, t) for n in tracked for t in years], dimen=3)
    block.downgrade = pyo.Var(block.DOWNGRADE, bounds=(0.0, bound))
    block.DEMAND = pyo.Set(initialize=[(*d, t) for d in numbers.demand_keys for t in years], dimen=4)
    block.unmet = pyo.Var(block.DEMAND, bounds=(0.0, bound))
    for r, s, m, t in block.DEMAND:
        set_upper(block, block.unmet[r, s, m, t], future.demand[(r, s, m), t])
    block.COLLECTED = pyo.Set(initialize=[(*key, t) for key in numbers.collection for t in years], dimen=4)
    block.collect = pyo.Var(block.COLLECTED, bounds=(0.0, bound))


def _index_flows(block: Any) -> None:
    """Lists of what enters and leaves each node, built once: rules would otherwise scan every column."""
    numbers = block.numbers
    block.into, block.out_of = defaultdict(list), defaultdict(list)
    for lane in numbers.lanes:
        for q in numbers.lane_streams[lane]:
            block.into[lane[1], lane[2], q].append((*lane, q))
            block.out_of[lane[0], lane[2], q].append((*lane, q))
    block.makers, block.users = defaultdict(list), defaultdict(list)
    for p, streams in numbers.plant_streams.items():
        region = numbers.plant_region[p]
        for q in streams:
            for m, amount in numbers.outputs[p].items():
                block.makers[region, m, _stream_at(numbers, region, m, q)].append((p, q, amount))
            for m, amount in numbers.inputs[p].items():
                block.users[region, m, _stream_at(numbers, region, m, q)].append((p, q, amount))
    block.sellers = defaultdict(list)
    for step, node in numbers.suppliers.items():
        block.sellers[node].append(step)
    block.collectors = defaultdict(list)
    for region, scrap, origin in numbers.collection:
        streams = numbers.materials_by_node[region, scrap]
        block.collectors[region, scrap, streams[0]].append((region, scrap, origin))
    block.served_here = defaultdict(list)
    for (demand, t), stream in numbers.serves.items():
        block.served_here[demand[0], demand[2], stream, t].append(demand)


def _stream_at(numbers: Any, region: str, material: str, stream: str) -> str:
    """Stream of a material that goes with a plant's stream; untracked materials have only ``any``."""
    return stream if stream in numbers.materials_by_node[region, material] else "any"


def made_here(block: Any, r: str, m: str, q: str, t: int) -> Any:
    """What a region makes, buys outside and collects of a material in a stream, kt/yr."""
    terms = [amount * block.produce[p, s, t] for p, s, amount in block.makers[r, m, q]]
    terms += [block.buy[(*step, t)] for step in block.sellers[r, m, q]]
    terms += [block.collect[(*key, t)] for key in block.collectors[r, m, q]]
    return pyo.quicksum(terms)


def released_here(block: Any, r: str, m: str, q: str, t: int) -> Any:
    """Stock released into a node, kt/yr."""
    return pyo.quicksum(block.release[s, t] for s, node in block.numbers.stock_node.items() if node == (r, m, q))


def build_capacity(block: Any, p: str, t: int) -> Any:
    """Capacity in one future and year, kt/yr of main product: a number, or linear in the build decisions."""
    fixed = block.future.capacity.get((p, t), 0.0)
    options = [(y, block.future.build_capacity.get((p, y, t), 0.0)) for y in block.award.start_years.get(p, ())]
    return fixed + pyo.quicksum(amount * block.award.build[p, y] for y, amount in options if not is_nothing(amount))


def capacity_limit(block: Any, p: str, t: int) -> Any:
    r"""A plant makes no more than its capacity after ramp-up, delay and outage. [kt/yr]

    .. math:: \sum_q x_{pqt} \le K_{pt} + \sum_y K_{pyt} \, b_{py}
    """
    made = pyo.quicksum(block.produce[p, q, t] for q in block.numbers.plant_streams[p])
    return made <= build_capacity(block, p, t)


def output_by_step(block: Any, p: str, t: int) -> Any:
    r"""Output is the sum of what is made at each step of cost. [kt/yr]

    .. math:: \sum_q x_{pqt} = \sum_j x_{pjt}
    """
    made = pyo.quicksum(block.produce[p, q, t] for q in block.numbers.plant_streams[p])
    return made == pyo.quicksum(block.produce_step[p, j, t] for j in range(len(block.numbers.cost_steps[p])))


def cost_step_limit(block: Any, p: str, j: int, t: int) -> Any:
    r"""A step of cost holds its share of capacity. [kt/yr]

    .. math:: x_{pjt} \le \sigma_{pj} \Big(K_{pt} + \sum_y K_{pyt} \, b_{py}\Big)
    """
    return block.produce_step[p, j, t] <= block.numbers.cost_steps[p][j][0] * build_capacity(block, p, t)


def reserve_limit(block: Any, p: str) -> Any:
    r"""A deposit yields no more than its reserve. [kt]

    .. math:: \sum_{q,t} x_{pqt} \le R_p
    """
    made = [block.produce[p, q, t] for q in block.numbers.plant_streams[p] for t in block.numbers.years]
    return pyo.quicksum(made) <= block.numbers.reserve[p]


def minimum_run(block: Any, p: str, t: int) -> Any:
    r"""A plant runs at its minimum, or what it runs below that costs a penalty. [kt/yr]

    .. math:: \sum_q x_{pqt} + \beta_{pt} \ge \nu_p \Big(K_{pt} + \sum_y K_{pyt} \, b_{py}\Big)
    """
    numbers = block.numbers
    made = pyo.quicksum(block.produce[p, q, t] for q in numbers.plant_streams[p])
    return made + block.below_minimum[p, t] >= numbers.min_run_share[p] * build_capacity(block, p, t)


def lane_limit(block: Any, a: str, b: str, m: str, t: int) -> Any:
    r"""A route carries no more than its capacity, less what an embargo withholds. [kt/yr]

    .. math:: \sum_q f_{abmqt} \le F_{abmt}
    """
    streams = block.numbers.lane_streams[a, b, m]
    return pyo.quicksum(block.flow[a, b, m, q, t] for q in streams) <= block.future.lane_capacity[(a, b, m), t]


def material_balance(block: Any, r: str, m: str, q: str, t: int) -> Any:
    r"""What a region makes, buys, receives and releases covers what it uses, sends, stores and supplies. [kt/yr]

    .. math:: \text{made}_{rmqt} + \text{released}_{rmqt} + \sum_a f_{armqt} \pm \delta_{rmt}
       \ge \sum_p \eta_{pm} x_{pqt} + \sum_b f_{rbmqt} + \text{stored}_{rmqt} + \sum_d (D_{dt} - u_{dt})
    """
    numbers, future = block.numbers, block.future
    supply = made_here(block, r, m, q, t) + released_here(block, r, m, q, t)
    supply += pyo.quicksum(block.flow[(*lane, t)] for lane in block.into[r, m, q])
    if (r, m, t) in block.DOWNGRADE:
        supply += block.downgrade[r, m, t] if q == "any" else -block.downgrade[r, m, t]
    use = pyo.quicksum(amount * block.produce[p, s, t] for p, s, amount in block.users[r, m, q])
    use += pyo.quicksum(block.flow[(*lane, t)] for lane in block.out_of[r, m, q])
    for stock, node in numbers.stock_node.items():
        if node == (r, m, q):
            use += purchased(block, stock, t) - block.unbought[stock, t] + taken_into(block, stock, t)
    demands = block.served_here[r, m, q, t]
    required = sum(future.demand[d, t] for d in demands)
    use -= pyo.quicksum(block.unmet[(*d, t)] for d in demands)
    body = supply - use
    if isinstance(body, int | float) or not body.is_potentially_variable():
        return pyo.Constraint.Skip if pyo.value(body) >= required else pyo.Constraint.Infeasible
    return body >= required


def no_sending_on(block: Any, r: str, m: str, t: int) -> Any:
    r"""A region sends out only what it made, bought first hand or released; nothing is passed through. [kt/yr]

    .. math:: \sum_{b,q} f_{rbmqt} \le \sum_q (\text{made}_{rmqt} + \text{released}_{rmqt})
    """
    streams = block.numbers.materials_by_node[r, m]
    sent = [block.flow[(*lane, t)] for q in streams for lane in block.out_of[r, m, q]]
    own = [made_here(block, r, m, q, t) + released_here(block, r, m, q, t) for q in streams]
    return pyo.quicksum(sent) <= pyo.quicksum(own)


def collection_limit(block: Any, r: str, scrap: str, origin: str, t: int) -> Any:
    r"""Scrap collected is at most the collected share of what was used some years ago. [kt/yr]

    .. math:: \chi_{rt} \le \kappa \sum_d (D_{d,t-\ell} - u_{d,t-\ell})
    """
    rate, lag, past_use, _ = block.numbers.collection[r, scrap, origin]
    then = t - lag
    if then < block.numbers.years[0]:
        return block.collect[r, scrap, origin, t] <= rate * past_use
    demands = [d for d in block.numbers.demand_keys if d[0] == r and d[2] == origin]
    used = sum(block.future.demand[d, then] for d in demands)
    return (
        block.collect[r, scrap, origin, t] + rate * pyo.quicksum(block.unmet[(*d, then)] for d in demands)
        <= rate * used
    )
