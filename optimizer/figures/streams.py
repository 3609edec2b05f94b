"""Streams of a case: which of compliant and any a quantity belongs to, as the schema's words say."""

from __future__ import annotations

from typing import Any

COMPLIANT, ANY = "compliant", "any"


class Streams:
    """A material whose origin is tracked has two streams in every region that is not covered; all else has one."""

    def __init__(self, case: Any) -> None:
        self._covered = {row.region for row in case.rows("regions") if row.covered}
        self._tracked = {row.material for row in case.rows("materials") if row.origin_tracked}
        self._demand = {(row.region, row.segment, row.material): row for row in case.rows("demand")}
        self.product = {row.plant: row.product for row in case.rows("plants")}
        self.recipes: dict[str, list[tuple[str, str, float]]] = {
            plant: [(product, "output", 1.0)] for plant, product in self.product.items()
        }
        """Plant → (material, input or output, t per t of its product), the product among the outputs."""
        for row in case.rows("recipes"):
            self.recipes[row.plant].append((row.material, row.role, row.t_per_t))
        self.stock = {
            row.stockpile: (row.material, row.region, self.at(row.material, row.region, row.stream))
            for row in case.rows("stockpiles")
        }
        """Stockpile → (material, region, stream)."""

    def _several(self, material: str, region: str) -> bool:
        return material in self._tracked and region not in self._covered

    def at(self, material: str, region: str, stream: str) -> str:
        """The stream of a material that goes with a stream of something made there."""
        return stream if self._several(material, region) else ANY

    def first(self, material: str, region: str) -> str:
        """The stream that purchases and scrap enter."""
        return COMPLIANT if self._several(material, region) else ANY

    def wanted(self, region: str, segment: str, material: str, year: int) -> str:
        """The stream from which a demand is served in a year."""
        row = self._demand[region, segment, material]
        strict = row.accepts == COMPLIANT and (row.compliant_from_year is None or year >= row.compliant_from_year)
        return COMPLIANT if strict and self._several(material, region) else ANY
