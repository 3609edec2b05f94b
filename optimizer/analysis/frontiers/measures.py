"""What a frontier can be drawn of: names, units, and what each measure of a plan is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizer.data import Case
from optimizer.data.nearest import allowed_words
from optimizer.engine.values import Outcome
from optimizer.errors import SettingError
from optimizer.instance import Instance
from optimizer.results.breakdown import TERMS, terms_of
from optimizer.settings import Weights
from optimizer.terms.finance import cvar

LIMITED = ("outlay", "tail", "budget:POT", "share:MATERIAL:ORIGIN")
MINIMISED = ("cost", "outlay", "shortage", "tail")
WORDS = {
    "cost": "expected cost of supply, shortage and missed targets, and of the plants built",
    "outlay": "expected net public outlay",
    "shortage": "expected cost of shortage",
    "tail": "mean cost of supply in the worst futures",
}
TIE = 0.01
"""Weight of what is not minimised, beside that of what is: it decides between plans that are alike otherwise."""
YEARS_TO_ADAPT = 5
"""A share is limited from so many years after the first on, if no target of the case says from when."""


@dataclass(frozen=True)
class Measure:
    """One measure by its name. ``kind`` is the part before the first colon; the rest depends on it."""

    name: str
    kind: str
    pot: str = ""
    material: str = ""
    origin: str = ""
    region: str = ""

    @property
    def is_share(self) -> bool:
        """Whether it is a share; every other measure is in musd."""
        return self.kind == "share"

    @property
    def words(self) -> str:
        """What it is."""
        if self.kind == "budget":
            return f"size of the pot {self.pot}"
        if self.is_share:
            where = self.region or "any allied region"
            return f"largest yearly share of {self.material} from {self.origin} in the supply of {where}, in calm"
        return WORDS[self.kind]

    def figure(self, value: float) -> str:
        """A value with its unit."""
        return f"{100.0 * value:.1f} %" if self.is_share else f"{value:,.1f} musd"


def limited_measure(name: str, case: Case) -> Measure:
    """The measure that is limited. SettingError with the nearest name for one that is unknown."""
    kind, _, rest = name.partition(":")
    if kind in ("outlay", "tail") and not rest:
        return Measure(name, kind)
    if kind == "budget":
        return Measure(name, kind, pot=_one_of("pot", rest, [row.programme for row in case.rows("programmes")], name))
    if kind == "share":
        return _share(name, rest, case)
    if name in ("cost", "shortage"):
        raise SettingError(f"'{name}' can be minimised (--y), not limited. Limit one of: {', '.join(LIMITED)}.")
    raise SettingError(f"'{name}' is no measure that can be limited. {allowed_words(name, LIMITED)}")


def minimised_measure(name: str, limited: Measure) -> Measure:
    """The measure that is minimised. SettingError for one that is unknown, or that cannot go with ``limited``."""
    if name not in MINIMISED:
        if name.partition(":")[0] in ("budget", "share"):
            raise SettingError(
                f"'{name}' can be limited (--x), not minimised. Minimise one of: {', '.join(MINIMISED)}."
            )
        raise SettingError(f"'{name}' is no measure that can be minimised. {allowed_words(name, MINIMISED)}")
    if name == limited.kind:
        raise SettingError(f"{name} against itself has one point only. Choose another measure for --x or --y.")
    if (limited.kind, name) == ("tail", "shortage"):
        raise SettingError(
            "The tail cannot be limited while shortage is minimised: it would count shortage many times."
        )
    return Measure(name, name)


def _share(name: str, rest: str, case: Case) -> Measure:
    parts = rest.split(":")
    if len(parts) not in (2, 3):
        raise SettingError(f"'{name}' does not name a material and an origin. Write share:MATERIAL:ORIGIN.")
    regions = [row.region for row in case.rows("regions")]
    material = _one_of("material", parts[0], [row.material for row in case.rows("materials")], name)
    origin = _one_of("region", parts[1], regions, name)
    region = _one_of("region", parts[2], regions, name) if len(parts) == 3 else ""
    measure = Measure(name, "share", material=material, origin=origin, region=region)
    if not regions_of(measure, case):
        raise SettingError(f"'{name}': no route takes {material} from {origin} to {region or 'an allied region'}.")
    return measure


def _one_of(what: str, word: str, allowed: list[str], name: str) -> str:
    if word not in allowed:
        raise SettingError(f"'{name}': there is no {what} '{word}'. {allowed_words(word, allowed)}")
    return word


def regions_of(measure: Measure, case: Case) -> tuple[str, ...]:
    """Regions whose share counts: the one named, or all allied ones, as far as a route leads there from the origin."""
    allied = {row.region for row in case.rows("regions") if row.bloc == "allied"}
    meant = {measure.region} if measure.region else allied
    routes = [
        row.to_region
        for row in case.rows("lanes")
        if (row.from_region, row.material) == (measure.origin, measure.material)
    ]
    return tuple(dict.fromkeys(region for region in routes if region in meant and region != measure.origin))


def first_year_of(measure: Measure, case: Case) -> int:
    """First year in which a share counts: that of the case's own target of the kind, or five years after the first."""
    own = [
        int(row.first_year)
        for row in case.rows("targets")
        if (row.kind, row.material, row.origin) == ("share_limit", measure.material, measure.origin)
    ]
    horizon = case.settings.horizon
    return max(min(own, default=horizon.first_year + YEARS_TO_ADAPT), horizon.first_year)


def weights_for(minimised: Measure, tail_limited: bool, case: Case) -> Weights:
    """Weights of the objective under which a measure is minimised, all others breaking ties.

    Resource and shortage keep the weight 1, so that the tail is of the same costs whatever is minimised; what is
    minimised instead of them weighs 1/TIE.
    """
    own = case.settings.objective.effective_weights
    chief = 1.0 / TIE
    return Weights(
        resource=1.0,
        shortage=chief if minimised.kind == "shortage" else 1.0,
        outlay=chief if minimised.kind == "outlay" else TIE if minimised.kind == "cost" else 1.0,
        tail=chief if minimised.kind == "tail" else TIE if tail_limited else 0.0,
        tariff=own.tariff if own.resource == own.shortage == 1.0 else 0.0,
    )


def weight_of(minimised: Measure) -> float:
    """Weight of the measure that is minimised in that objective."""
    return 1.0 if minimised.kind == "cost" else 1.0 / TIE


RESOURCE = [term for term, (kind, _) in TERMS.items() if kind == "resource"]
SHORTAGE = [term for term, (kind, _) in TERMS.items() if kind == "shortage"]


def measured(case: Case, instance: Instance, outcome: Outcome) -> dict[str, float]:
    """Every measure of a plan that does not name a pot or an origin: musd, and expected shortfall in t."""
    terms = terms_of(instance, outcome)
    shortage = sum(terms[term] for term in SHORTAGE)
    probability = np.array([future.probability for future in instance.futures])
    counted = [*RESOURCE, *SHORTAGE, "target_misses"]
    costs = [outcome.supply_costs[future.name] for future in instance.futures]
    supply = np.array([sum(cost.get(term, 0.0) for term in counted) for cost in costs])
    missed = [sum(outcome.recourse[future.name]["unmet"].values()) for future in instance.futures]
    return {
        "cost_musd": sum(terms[term] for term in [*RESOURCE, *SHORTAGE, "target_misses", "cover_miss_cost"]),
        "outlay_musd": terms["net_outlay"],
        "shortage_musd": shortage,
        "tail_musd": float(cvar(supply, probability, case.settings.objective.tail_alpha)),
        "shortfall_t": 1000.0 * float(probability @ np.array(missed)),
    }


def share_of(measure: Measure, case: Case, instance: Instance, outcome: Outcome) -> float:
    """Largest share of the origin in a region's supply of the material, over regions and years, in the calm future."""
    structure = instance.structure
    calm = next(future.name for future in instance.futures if future.calm)
    recourse = outcome.recourse[calm]
    regions, first = regions_of(measure, case), first_year_of(measure, case)
    largest = 0.0
    for region in regions:
        for year in (t for t in structure.years if t >= first):
            total, from_origin = _supplied(structure, recourse, region, measure, year)
            if total > 1e-6:
                largest = max(largest, from_origin / total)
    return largest


def _supplied(
    structure: Any, recourse: Mapping[str, Mapping[Any, float]], region: str, measure: Measure, year: int
) -> tuple[float, float]:
    """A region's supply of the material in a year, kt, and what of it comes from the origin."""
    here, total, from_origin = (region, measure.material), 0.0, 0.0
    for (a, b, m, _, t), amount in recourse["flow"].items():
        if t == year and (b, m) == here:
            total += amount
            from_origin += amount if a == measure.origin else 0.0
    for (plant, _, t), amount in recourse["produce"].items():
        if t == year and structure.plant_region[plant] == region:
            total += amount * structure.outputs[plant].get(measure.material, 0.0)
    for (supplier, step, t), amount in recourse["buy"].items():
        if t == year and structure.suppliers[supplier, step][:2] == here:
            total += amount
    for (place, scrap, _, t), amount in recourse["collect"].items():
        if t == year and (place, scrap) == here:
            total += amount
    for (stock, t), amount in recourse["release"].items():
        if t == year and structure.stock_node[stock][:2] == here:
            total += amount
    return total, from_origin
