"""Numbers of the supply layer: one structure shared by all futures, and what differs from future to future."""

from __future__ import annotations

from dataclasses import dataclass

Stream = str
"""``compliant`` (free of covered-country content) or ``any``."""
Node = tuple[str, str, Stream]
"""(region, material, stream)."""
Lane = tuple[str, str, str]
"""(from region, to region, material)."""
DemandKey = tuple[str, str, str]
"""(region, segment, material)."""
SupplierStep = tuple[str, int]


@dataclass(frozen=True)
class SupplyStructure:
    """What is the same in every future. Mass in kt, money in musd.

    ``plant_streams`` lists the streams each plant can make; ``inputs`` and ``outputs`` give kt per kt of main product
    (outputs include the main product at 1). ``cost_steps`` are (share of capacity, musd/kt) from the cheapest.
    ``serves`` is the stream a demand must be met from in each year. ``strike_worth`` is the present value, at the
    public rate and after its settlement lag, of a purchase contract's strike in a year per unit of strike.
    ``fixed_operation`` is the present value of the fixed cost of plants that run anyway.
    """

    years: tuple[int, ...]
    nodes: tuple[Node, ...]
    plant_region: dict[str, str]
    plant_streams: dict[str, tuple[Stream, ...]]
    inputs: dict[str, dict[str, float]]
    outputs: dict[str, dict[str, float]]
    cost_steps: dict[str, tuple[tuple[float, float], ...]]
    reserve: dict[str, float]
    min_run_share: dict[str, float]
    below_minimum_cost: dict[str, float]
    suppliers: dict[SupplierStep, tuple[str, str, Stream]]
    lanes: tuple[Lane, ...]
    lane_streams: dict[Lane, tuple[Stream, ...]]
    freight: dict[Lane, float]
    demand_keys: tuple[DemandKey, ...]
    serves: dict[tuple[DemandKey, int], Stream]
    shortage_cost: dict[DemandKey, float]
    stock_node: dict[str, Node]
    stock_opening: dict[str, float]
    stock_capacity: dict[str, float]
    stock_loss: dict[str, float]
    stock_release_share: dict[str, float]
    stock_holding_cost: dict[str, float]
    stock_unbought_cost: dict[str, float]
    collection: dict[tuple[str, str, str], tuple[float, int, float, float]]
    share_limits: dict[str, ShareLimit]
    service_levels: dict[str, ServiceLevel]
    purchase_into: dict[str, str]
    take_or_pay_share: dict[str, float]
    strike_worth: dict[tuple[str, int], float]
    discount: dict[int, float]
    weights: dict[str, float]
    fixed_operation: dict[str, float]
    volume_bound: float

    @property
    def materials_by_node(self) -> dict[tuple[str, str], tuple[Stream, ...]]:
        """(region, material) → its streams."""
        out: dict[tuple[str, str], tuple[Stream, ...]] = {}
        for region, material, stream in self.nodes:
            out[region, material] = (*out.get((region, material), ()), stream)
        return out


@dataclass(frozen=True)
class ShareLimit:
    """At most ``level`` of the region's supply of a material may come from one origin, in the stated years.

    ``miss_price`` is musd per kt above the limit; None makes the limit hard. ``calm_only``: in the calm future.
    """

    region: str
    material: str
    origin: str
    years: tuple[int, ...]
    level: float
    miss_price: float | None
    calm_only: bool


@dataclass(frozen=True)
class ServiceLevel:
    """At least ``level`` of a demand must be met in the stated years; see :class:`ShareLimit` for the rest."""

    demands: tuple[DemandKey, ...]
    years: tuple[int, ...]
    level: float
    miss_price: float | None
    calm_only: bool


@dataclass(frozen=True)
class FutureNumbers:
    """What differs from future to future.

    ``capacity`` holds the capacity of operating plants (kt/yr by year); ``build_capacity`` that which starting a
    candidate in a given year adds. ``supplier_quantity`` and ``lane_capacity`` are limits in kt/yr (lanes absent from
    ``lane_capacity`` are unlimited). ``purchase_allowed`` and ``release_allowed`` say in which years each stockpile
    may buy and release.
    """

    name: str
    probability: float
    calm: bool
    capacity: dict[tuple[str, int], float]
    build_capacity: dict[tuple[str, int, int], float]
    supplier_quantity: dict[tuple[SupplierStep, int], float]
    supplier_cost: dict[tuple[SupplierStep, int], float]
    lane_capacity: dict[tuple[Lane, int], float]
    tariff: dict[tuple[Lane, int], float]
    demand: dict[tuple[DemandKey, int], float]
    purchase_allowed: dict[tuple[str, int], bool]
    release_allowed: dict[tuple[str, int], bool]
    contract_delivery: dict[tuple[str, int, int], float]
    residual_price: dict[str, float]
