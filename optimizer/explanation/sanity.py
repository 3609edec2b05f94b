"""What shows before any solve: targets out of reach, pots that can pay for nothing, offers dearer than their pot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.data import Case
from optimizer.display import Public
from optimizer.explanation.input_cells import InputCell, input_cell
from optimizer.explanation.reach import Reach
from optimizer.instance import Instance
from optimizer.terms.finance import cvar

SLACK = 1e-9


@dataclass(frozen=True)
class SanityFinding(metaclass=Public):
    """One thing in plain words, with the cells behind it. ``blocks``: there can be no plan."""

    words: str
    cells: tuple[InputCell, ...]
    blocks: bool

    def __str__(self) -> str:
        """The words, and where to look."""
        return f"{self.words} [{'; '.join(map(str, self.cells))}]"


def plain_contradictions(case: Case) -> tuple[SanityFinding, ...]:
    """What the inputs alone show, without any scenario or solve. Bounds are generous: silence proves nothing."""
    parts = (_service_out_of_reach, _share_out_of_reach, _cover_out_of_reach, _idle_pots)
    return tuple(finding for part in parts for finding in part(case))


def _hard(case: Case, kind: str) -> list[Any]:
    return [row for row in case.rows("targets") if row.kind == kind and row.mode == "hard"]


def _years(case: Case, target: Any) -> range:
    horizon = case.settings.horizon
    return range(max(horizon.first_year, target.first_year), min(horizon.last_year, target.last_year) + 1)


def _demand_cells(case: Case, target: Any) -> tuple[InputCell, ...]:
    rows = [
        row
        for row in case.rows("demand")
        if (row.region, row.material) == (target.region, target.material) and target.segment in ("any", row.segment)
    ]
    return tuple(input_cell(case, "demand", (r.region, r.segment, r.material), "base_t_per_year") for r in rows)


def _service_out_of_reach(case: Case) -> Iterator[SanityFinding]:
    reach = Reach(case)
    for target in _hard(case, "service_level"):
        for year in _years(case, target):
            strict = [
                row
                for row in case.rows("demand")
                if (row.region, row.material) == (target.region, target.material)
                and target.segment in ("any", row.segment)
                and row.accepts == "compliant"
                and year >= (row.compliant_from_year or year)
            ]
            needs = [("", target.segment, False)] + [
                (" that accepts compliant only", row.segment, True) for row in strict
            ]
            found = None
            for what, segment, compliant in needs:
                wanted = reach.demand(target.region, target.material, segment, year)
                unserved = (1.0 - target.level) * reach.demand(target.region, target.material, target.segment, year)
                most = reach.supply(target.region, target.material, year, compliant=compliant)
                if wanted - unserved > most * (1.0 + SLACK) + SLACK:
                    found = (what, wanted, wanted - unserved, most)
            if found is not None:
                what, wanted, least, most = found
                yield SanityFinding(
                    f"hard service level {target.target} is out of reach in {year}: demand for {target.material} in "
                    f"{target.region}{what} is {wanted:,.0f} t, of which {least:,.0f} t must be met, and all plants, "
                    f"built as early as they may be, suppliers, routes and stock together give at most {most:,.0f} t",
                    (input_cell(case, "targets", (target.target,), "level"), *_demand_cells(case, target)),
                    True,
                )
                break


def _share_out_of_reach(case: Case) -> Iterator[SanityFinding]:
    reach = Reach(case)
    for target in _hard(case, "share_limit"):
        for year in _years(case, target):
            region, material = target.region, target.material
            others = sum(
                reach.sent(region, material, year, origin)
                for origin in reach.origins(region, material)
                if origin != target.origin
            )
            others += reach.made(region, material, year) + reach.stock(region, material)
            most = others / (1.0 - target.level) if target.level < 1.0 else float("inf")
            served = [row for row in _hard(case, "service_level") if (row.region, row.material) == (region, material)]
            due = [row for row in served if year in _years(case, row)]
            least = max((row.level * reach.demand(region, material, row.segment, year) for row in due), default=0.0)
            wanted = reach.demand(region, material, "any", year)
            if wanted <= 0.0 or min(wanted, max(least, 1.0)) <= most * (1.0 + SLACK):
                continue
            source = (
                f"at most {others:,.0f} t/yr can come from elsewhere" if others > 0.0 else "there is no other source"
            )
            end = f"so at most {most:,.0f} t of the {wanted:,.0f} t wanted can be supplied"
            if least > most:
                end += f", and {', '.join(row.target for row in due)} asks for {least:,.0f} t"
            cells = [
                input_cell(case, "targets", (row.target,), "level") for row in (target, *(due if least > most else ()))
            ]
            yield SanityFinding(
                f"hard share limit {target.target} allows {100 * target.level:g} % of {material} in {region} from "
                f"{target.origin}; in {year} {source}, {end}",
                tuple(cells),
                least > most,
            )
            break


def _cover_out_of_reach(case: Case) -> Iterator[SanityFinding]:
    reach, first = Reach(case), case.settings.horizon.first_year
    for target in _hard(case, "days_of_cover"):
        stocks = [s for s in case.rows("stockpiles") if (s.region, s.material) == (target.region, target.material)]
        for year in _years(case, target) if stocks else ():
            stock = stocks[0]
            wanted = target.level / 365.0 * reach.demand(target.region, target.material, target.segment, year)
            cells = [input_cell(case, "targets", (target.target,), "level")]
            room = float("inf") if stock.capacity_t is None else stock.capacity_t
            held = stock.opening_t * (1.0 - stock.loss_per_year) ** (year - first + 1)
            if stock.programme is not None and stock.tranches:
                pot = case.row("programmes", stock.programme)
                buying = [t for t in range(max(first, pot.first_year), min(year, pot.last_year) + 1)]
                buying = [t for t in buying if t >= min(stock.tranches)]
                kept = sum((1.0 - stock.loss_per_year) ** (year - t) for t in buying)
                held += stock.max_purchase_t_per_year * kept
            words = f"hard days of cover {target.target} asks for {wanted:,.0f} t of {target.material} in {year}"
            if wanted > room + SLACK:
                cells.append(input_cell(case, "stockpiles", (stock.stockpile,), "capacity_t"))
                yield SanityFinding(f"{words}, and {stock.stockpile} holds {room:,.0f} t", tuple(cells), True)
                break
            if wanted > held + SLACK:
                cells.append(input_cell(case, "stockpiles", (stock.stockpile,), "max_purchase_t_per_year"))
                cells.append(input_cell(case, "stockpiles", (stock.stockpile,), "opening_t"))
                yield SanityFinding(
                    f"{words}, and {stock.stockpile} can have bought and kept {held:,.0f} t by then", tuple(cells), True
                )
                break


def _idle_pots(case: Case) -> Iterator[SanityFinding]:
    for pot in case.rows("programmes"):
        uses = [
            row.plant
            for table in ("contracts", "support")
            for row in case.rows(table)
            if row.programme == pot.programme
        ]
        plants = [case.row("plants", name) for name in uses]
        usable = any(
            plant.status == "operating" or any(pot.first_year <= y <= pot.last_year for y in plant.start_years)
            for plant in plants
        )
        buys = any(
            row.programme == pot.programme and row.max_purchase_t_per_year > 0 and row.tranches
            for row in case.rows("stockpiles")
        )
        if not usable and not buys and pot.budget_musd > 0.0:
            why = (
                f"none of {', '.join(sorted(set(uses)))} can start from {pot.first_year} to {pot.last_year}"
                if uses
                else "no contract, support or stockpile names it"
            )
            yield SanityFinding(
                f"pot {pot.programme} can pay for nothing: {why}",
                (input_cell(case, "programmes", (pot.programme,), "budget_musd"),),
                False,
            )


def impossible_offers(case: Case, instance: Instance) -> tuple[SanityFinding, ...]:
    """Contracts that no pot holds even at their lowest strike and smallest tonnage, and cover dearer than its pot."""
    return (*_dear_contracts(case, instance), *_dear_cover(case, instance))


def _dear_contracts(case: Case, instance: Instance) -> Iterator[SanityFinding]:
    awards = instance.awards
    contracts, programmes = awards.contracts, awards.programmes
    for pot, budget in programmes.budget.items():
        words, cells = [], []
        for name in (name for name, payer in contracts.programme.items() if payer == pot):
            offers = [o for o in contracts.offers if o[0] == name]
            scores = {offer: _least_score(instance, offer) for offer in offers}
            cheapest = min(offers, key=lambda offer: scores[offer], default=None)
            if cheapest is None or scores[cheapest] <= budget + 1e-6:
                continue
            tonnes = 1000.0 * contracts.share_min[name] * contracts.output[name, cheapest[1]]
            form = case.row("contracts", name).form
            words.append(
                f"{form} {name}: {tonnes:,.0f} t/yr at {cheapest[2]:g} USD/kg score {scores[cheapest]:,.1f} musd"
            )
            cells.append(input_cell(case, "contracts", (name,), "strike_min_usd_per_kg"))
        if words:
            yield SanityFinding(
                f"dearer than pot {pot} ({budget:,.1f} musd) even at their lowest strike and smallest tonnage: "
                + "; ".join(words),
                (input_cell(case, "programmes", (pot,), "budget_musd"), *cells),
                False,
            )


def _least_score(instance: Instance, offer: tuple[str, int, float]) -> float:
    """What the smallest tonnage of an offer uses up of its pot, musd."""
    awards = instance.awards
    contracts, programmes, weight = awards.contracts, awards.programmes, awards.path_weight
    pot = contracts.programme[offer[0]]
    paid = contracts.share_min[offer[0]] * contracts.output[offer[0], offer[1]] * contracts.outlay[offer]
    if programmes.scoring[pot] == "expected":
        return float(weight @ paid)
    return (
        float(np.max(paid)) if programmes.scoring[pot] == "worst" else float(cvar(paid, weight, programmes.alpha[pot]))
    )


def _dear_cover(case: Case, instance: Instance) -> Iterator[SanityFinding]:
    awards = instance.awards
    stock = awards.stock
    discount = dict(zip(awards.outlay_years, awards.discount.tolist(), strict=True))
    for target in _hard(case, "days_of_cover"):
        asked = {(m, t): kt for (n, m, t), kt in stock.cover_target.items() if n == target.target}
        for (name, year), wanted in sorted(asked.items(), key=lambda item: item[0][1]):
            keep = 1.0 - stock.loss[name]
            missing = wanted - stock.opening[name] * keep ** (year - awards.years[0] + 1)
            if missing <= SLACK or name not in stock.programme:
                continue
            pot = stock.programme[name]
            costs = [
                stock.price[m, t] * discount[t] / max(keep ** (year - t), 1e-12)
                for m, t in stock.tranche_of
                if m == name and t <= year
            ]
            least = missing * min(costs, default=0.0)
            if least > awards.programmes.budget[pot] + 1e-6:
                yield SanityFinding(
                    f"hard days of cover {target.target} needs {1000 * missing:,.0f} t bought by {year}, at least "
                    f"{least:,.1f} musd (present value, expected prices), and {pot} has "
                    f"{awards.programmes.budget[pot]:,.1f}",
                    (
                        input_cell(case, "targets", (target.target,), "level"),
                        input_cell(case, "programmes", (pot,), "budget_musd"),
                    ),
                    True,
                )
                break
