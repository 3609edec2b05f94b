"""The supply layer in numbers: what is the same in every future."""

from __future__ import annotations

from typing import Any

from models.supply_numbers import DemandKey, Lane, Node, ServiceLevel, ShareLimit, SupplierStep, SupplyStructure
from optimizer.instance.plan import average_opex, full_output
from optimizer.terms.finance import discount_factors
from optimizer.terms.payoff import indexed_strike

UNBOUGHT_PRICE_MULTIPLE = 2.0
"""Stock that cannot be found is taken to cost this multiple of its long-run price: it is bought elsewhere, late."""


def supply_structure(case: Any, contracts_into: dict[str, str]) -> SupplyStructure:
    """Nodes, plants, lanes, demands, stocks and targets of a case (kt, musd)."""
    settings = case.settings
    years = tuple(range(settings.horizon.first_year, settings.horizon.last_year + 1))
    nodes = _nodes(case)
    streams: dict[tuple[str, str], tuple[str, ...]] = {}
    for region, material, stream in nodes:
        streams[region, material] = (*streams.get((region, material), ()), stream)
    plants = case.rows("plants")
    inputs: dict[str, dict[str, float]] = {row.plant: {} for row in plants}
    outputs: dict[str, dict[str, float]] = {row.plant: {row.product: 1.0} for row in plants}
    for row in case.rows("recipes"):
        (inputs if row.role == "input" else outputs)[row.plant][row.material] = row.t_per_t
    stocks = case.rows("stockpiles")
    lanes: tuple[Lane, ...] = tuple((r.from_region, r.to_region, r.material) for r in case.rows("lanes"))
    demand_keys: tuple[DemandKey, ...] = tuple((r.region, r.segment, r.material) for r in case.rows("demand"))
    bound = _volume_bound(case)
    return SupplyStructure(
        years=years,
        nodes=nodes,
        plant_region={row.plant: row.region for row in plants},
        plant_streams={row.plant: _plant_streams(row, streams, inputs[row.plant]) for row in plants},
        inputs=inputs,
        outputs=outputs,
        cost_steps={row.plant: _cost_steps(case, row) for row in plants},
        reserve={row.plant: row.reserve_t / 1000.0 for row in plants if row.reserve_t is not None},
        min_run_share={row.plant: row.min_run_share for row in plants},
        below_minimum_cost={row.plant: row.below_minimum_cost_usd_per_kg for row in plants},
        suppliers=_suppliers(case, streams),
        lanes=lanes,
        lane_streams={lane: streams[lane[0], lane[2]] for lane in lanes},
        freight={(r.from_region, r.to_region, r.material): r.freight_usd_per_kg for r in case.rows("lanes")},
        demand_keys=demand_keys,
        serves=_serves(case, years, streams),
        shortage_cost={(r.region, r.segment, r.material): r.shortage_cost_usd_per_kg for r in case.rows("demand")},
        stock_node={s.stockpile: _stock_node(s, streams) for s in stocks},
        stock_opening={s.stockpile: s.opening_t / 1000.0 for s in stocks},
        stock_capacity={
            s.stockpile: bound * len(years) if s.capacity_t is None else s.capacity_t / 1000.0 for s in stocks
        },
        stock_loss={s.stockpile: s.loss_per_year for s in stocks},
        stock_release_share={s.stockpile: s.release_max_share for s in stocks},
        stock_holding_cost={s.stockpile: s.holding_cost_usd_per_kg_year for s in stocks},
        stock_unbought_cost={s.stockpile: _unbought_cost(case, s) for s in stocks},
        collection={
            (r.region, r.scrap_material, r.from_material): (
                r.collection_rate,
                r.lag_years,
                r.past_use_t_per_year / 1000.0,
                r.cost_usd_per_kg,
            )
            for r in case.rows("collection")
        },
        share_limits=_share_limits(case, years),
        service_levels=_service_levels(case, years, demand_keys),
        purchase_into=contracts_into,
        take_or_pay_share={r.contract: r.take_or_pay_share for r in case.rows("contracts")},
        strike_worth=_strike_worth(case, contracts_into, years),
        discount=dict(zip(years, discount_factors(years, settings.rates.social, years[0]).tolist(), strict=True)),
        weights=settings.objective.effective_weights.model_dump(),
        fixed_operation=_fixed_operation(case, years),
        volume_bound=bound,
    )


def _nodes(case: Any) -> tuple[Node, ...]:
    """Every (region, material) something happens at, in its streams. Covered regions hold only the stream ``any``."""
    tracked = {row.material: row.origin_tracked for row in case.rows("materials")}
    covered = {row.region: row.covered for row in case.rows("regions")}
    region_of = {row.plant: row.region for row in case.rows("plants")}
    places = [(row.region, row.product) for row in case.rows("plants")]
    places += [(region_of[row.plant], row.material) for row in case.rows("recipes")]
    places += [
        (row.region, row.material) for table in ("suppliers", "demand", "stockpiles") for row in case.rows(table)
    ]
    places += [(end, row.material) for row in case.rows("lanes") for end in (row.from_region, row.to_region)]
    places += [(row.region, row.scrap_material) for row in case.rows("collection")]
    places += [(row.region, row.from_material) for row in case.rows("collection")]
    out: list[Node] = []
    for region, material in sorted(set(places)):
        split = tracked[material] and not covered[region]
        out.extend((region, material, stream) for stream in (("compliant", "any") if split else ("any",)))
    return tuple(out)


def _plant_streams(
    plant: Any, streams: dict[tuple[str, str], tuple[str, ...]], inputs: dict[str, float]
) -> tuple[str, ...]:
    """Streams a plant can make: compliant if it may and its inputs are, any otherwise.

    A compliant plant without tracked inputs makes compliant material only; that can be downgraded after.
    """
    made = streams[plant.region, plant.product]
    if "compliant" not in made or not plant.compliant:
        return ("any",)
    has_tracked_input = any("compliant" in streams[plant.region, material] for material in inputs)
    return ("compliant", "any") if has_tracked_input else ("compliant",)


def _cost_steps(case: Any, plant: Any) -> tuple[tuple[float, float], ...]:
    credit = plant.other_revenue_usd_per_kg
    steps = sorted(
        (row.step, row.capacity_share, row.opex_usd_per_kg)
        for row in case.rows("opex_steps")
        if row.plant == plant.plant
    )
    if not steps:
        return ((1.0, average_opex(case, plant) - credit),)
    return tuple((share, cost - credit) for _, share, cost in steps)


def _suppliers(case: Any, streams: dict[tuple[str, str], tuple[str, ...]]) -> dict[SupplierStep, Node]:
    return {
        (row.supplier, row.step): (row.region, row.material, streams[row.region, row.material][0])
        for row in case.rows("suppliers")
    }


def _serves(
    case: Any, years: tuple[int, ...], streams: dict[tuple[str, str], tuple[str, ...]]
) -> dict[tuple[DemandKey, int], str]:
    out: dict[tuple[DemandKey, int], str] = {}
    for row in case.rows("demand"):
        strict_from = row.compliant_from_year if row.compliant_from_year is not None else years[0]
        for year in years:
            strict = row.accepts == "compliant" and year >= strict_from
            node_streams = streams[row.region, row.material]
            out[(row.region, row.segment, row.material), year] = (
                "compliant" if strict and "compliant" in node_streams else "any"
            )
    return out


def _stock_node(stock: Any, streams: dict[tuple[str, str], tuple[str, ...]]) -> Node:
    available = streams[stock.region, stock.material]
    return (stock.region, stock.material, stock.stream if stock.stream in available else available[-1])


def _unbought_cost(case: Any, stock: Any) -> float:
    series = case.row("materials", stock.material).price_series
    if series is None:
        return 0.0
    return UNBOUGHT_PRICE_MULTIPLE * long_run_price(case, series)


def long_run_price(case: Any, series: str) -> float:
    """Long-run level of a series, USD/kg; of a linked one, from those it is made of."""
    row = case.row("price_series", series)
    if row.kind != "linked":
        return float(row.long_run_usd_per_kg)
    links = [link for link in case.rows("price_links") if link.series == series]
    return float(row.adder_usd_per_kg + sum(link.factor * long_run_price(case, link.linked_series) for link in links))


def _share_limits(case: Any, years: tuple[int, ...]) -> dict[str, ShareLimit]:
    return {
        row.target: ShareLimit(
            row.region,
            row.material,
            row.origin,
            tuple(y for y in years if row.first_year <= y <= row.last_year),
            row.level,
            row.price_usd_per_kg if row.mode == "priced" else None,
            row.futures == "calm",
        )
        for row in case.rows("targets")
        if row.kind == "share_limit"
    }


def _service_levels(case: Any, years: tuple[int, ...], demand_keys: tuple[DemandKey, ...]) -> dict[str, ServiceLevel]:
    out: dict[str, ServiceLevel] = {}
    for row in (row for row in case.rows("targets") if row.kind == "service_level"):
        meant = tuple(
            d for d in demand_keys if d[0] == row.region and d[2] == row.material and row.segment in ("any", d[1])
        )
        out[row.target] = ServiceLevel(
            meant,
            tuple(y for y in years if row.first_year <= y <= row.last_year),
            row.level,
            row.price_usd_per_kg if row.mode == "priced" else None,
            row.futures == "calm",
        )
    return out


def _strike_worth(case: Any, contracts_into: dict[str, str], years: tuple[int, ...]) -> dict[tuple[str, int], float]:
    """Present value at the public rate of a purchase contract's indexed strike in each year, per unit of strike."""
    out: dict[tuple[str, int], float] = {}
    for name in contracts_into:
        row = case.row("contracts", name)
        paid = discount_factors(years, case.settings.rates.public, years[0], row.settlement_lag_years)
        strikes = indexed_strike(1.0, row.indexation_rate, [year - years[0] for year in years])
        out.update({(name, year): float(worth) for year, worth in zip(years, paid * strikes, strict=True)})
    return out


def _fixed_operation(case: Any, years: tuple[int, ...]) -> dict[str, float]:
    """Present value of fixed cost of plants that run anyway, musd (candidates' is in their capex annuities)."""
    factors = dict(zip(years, discount_factors(years, case.settings.rates.social, years[0]).tolist(), strict=True))
    out: dict[str, float] = {}
    for row in case.rows("plants"):
        if row.status == "operating" and row.fixed_opex_musd_per_year > 0.0:
            open_years = [y for y in years if row.start_years[0] <= y < row.start_years[0] + row.life_years]
            out[row.plant] = row.fixed_opex_musd_per_year * sum(factors[y] for y in open_years)
    return out


def _volume_bound(case: Any) -> float:
    """A bound no flow can exceed, kt/yr: everything that could be made, bought or asked for in any year, together."""
    span = case.settings.horizon.last_year - case.settings.horizon.first_year
    grown = (1.0 + max((row.growth_per_year for row in case.rows("suppliers")), default=0.0)) ** span
    total = sum(row.quantity_t_per_year for row in case.rows("suppliers")) / 1000.0 * max(grown, 1.0)
    joint = max([row.t_per_t for row in case.rows("recipes")] + [1.0])
    total += joint * sum(full_output(row) for row in case.rows("plants"))
    total += sum(row.opening_t for row in case.rows("stockpiles")) / 1000.0
    total += sum(row.past_use_t_per_year for row in case.rows("collection")) / 1000.0
    return float(max(2.0 * total, 1.0))
