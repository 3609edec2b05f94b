"""Tiny cases for tests of the scenario stage: rows with the schema's defaults, no files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from optimizer.data.schema import TABLES, Column
from optimizer.settings import CaseInfo, Horizon, Rates, Scenarios, Settings


@dataclass(frozen=True)
class TinyCase:
    """Settings and rows."""

    settings: Settings
    tables: dict[str, tuple[SimpleNamespace, ...]]

    def rows(self, table: str) -> tuple[SimpleNamespace, ...]:
        """Rows of a table; none if it is absent."""
        return self.tables.get(table, ())

    def having(self, **tables: list[dict[str, Any]]) -> TinyCase:
        """The same case with some tables replaced."""
        return replace(self, tables=self.tables | {name: rows_of(name, rows) for name, rows in tables.items()})

    def scenarios(self, **changes: Any) -> TinyCase:
        """The same case with some settings of its scenarios section changed."""
        changed = self.settings.scenarios.model_copy(update=changes)
        return replace(self, settings=self.settings.model_copy(update={"scenarios": changed}))

    def reversed_rows(self) -> TinyCase:
        """The same case with the rows of every table in the opposite order."""
        return replace(self, tables={name: rows[::-1] for name, rows in self.tables.items()})


def rows_of(table: str, rows: list[dict[str, Any]]) -> tuple[SimpleNamespace, ...]:
    """Rows with blanks filled as the reader of cases fills them."""
    columns = TABLES[table].columns
    return tuple(SimpleNamespace(**{c.name: row.get(c.name, _default(c)) for c in columns}) for row in rows)


def _default(column: Column) -> Any:
    return None if column.default == "none" else column.default


def process(series: str, **cells: Any) -> dict[str, Any]:
    """A price series that starts and rests at 100."""
    return {"series": series, "kind": "process", "start_usd_per_kg": 100.0, "long_run_usd_per_kg": 100.0,
            "volatility_per_year": 0.3, "half_life_years": 2.0, **cells}


def linked(series: str, **cells: Any) -> dict[str, Any]:
    """A linked series."""
    return {"series": series, "kind": "linked", "start_usd_per_kg": 0.0, "long_run_usd_per_kg": 0.0, **cells}


def disruption(name: str, **cells: Any) -> dict[str, Any]:
    """An embargo of China on all its exports, one to two years long."""
    return {"disruption": name, "origin": "china", "destinations": ("any",), "materials": ("any",),
            "hazard_per_year": 0.2, "duration_years_min": 1.0, "duration_years_max": 2.0, "depth": 0.8,
            "first_year": 2026, "last_year": 2100, **cells}


def regime(name: str, series: str, **cells: Any) -> dict[str, Any]:
    """Dumping, two to three years long."""
    return {"regime": name, "series": series, "hazard_per_year": 0.1, "duration_years_min": 2.0,
            "duration_years_max": 3.0, "level_factor": 0.35, "first_year": 2026, **cells}


def plant(name: str, **cells: Any) -> dict[str, Any]:
    """A candidate that may start in 2028 and lives for twenty years."""
    return {"plant": name, "product": "oxide", "status": "candidate", "capacity_t_per_year": 1000.0,
            "start_years": (2028,), "life_years": 20, **cells}


def lane(destination: str, material: str, **cells: Any) -> dict[str, Any]:
    """A lane from China."""
    return {"from_region": "china", "to_region": destination, "material": material, "freight_usd_per_kg": 1.0,
            "capacity_t_per_year": 1000.0, **cells}


def use(region: str, segment: str, **cells: Any) -> dict[str, Any]:
    """Demand for magnets."""
    return {"region": region, "segment": segment, "material": "magnet", "base_t_per_year": 500.0,
            "growth_per_year": 0.05, **cells}


def tiny_case(**scenarios: Any) -> TinyCase:
    """Two process series, a basis and a linked one; two disruptions and a regime; horizon 2026–2035."""
    settings = Settings(
        case=CaseInfo(name="tiny", title="Tiny", question="None.", price_year=2026),
        horizon=Horizon(first_year=2026, last_year=2035),
        rates=Rates(social=0.03, public=0.02),
        scenarios=Scenarios(**{"paths": 128, "futures": 8, "seed": 7, **scenarios}),
    )
    return TinyCase(settings, {}).having(
        price_series=[
            process("oxide", start_usd_per_kg=120.0, autocorrelation=0.35),
            process("heavy", long_run_usd_per_kg=250.0, volatility_per_year=0.4),
            process("basis", start_usd_per_kg=0.8, long_run_usd_per_kg=0.9, volatility_per_year=0.1),
            linked("magnet", adder_usd_per_kg=20.0),
        ],
        price_links=[{"series": "magnet", "linked_series": "oxide", "factor": 0.4},
                     {"series": "magnet", "linked_series": "heavy", "factor": 0.02}],
        price_correlations=[{"series_a": "oxide", "series_b": "heavy", "correlation": 0.6}],
        price_regimes=[regime("dumping", "oxide"), regime("dumping", "heavy", level_factor=0.5)],
        materials=[{"material": name, "price_series": name} for name in ("oxide", "magnet")],
        plants=[plant("mine", delay_probability=0.3, delay_years=2),
                plant("works", product="magnet", status="operating", start_years=(2026,), outage_probability=0.1,
                      outage_share=0.5)],
        lanes=[lane("usa", "oxide"), lane("usa", "magnet"), lane("japan", "magnet", capacity_t_per_year=None)],
        demand=[use("usa", "civil"), use("usa", "defence", base_t_per_year=50.0), use("japan", "civil")],
        disruptions=[disruption("embargo"),
                     disruption("licensing", destinations=("usa",), materials=("magnet",), depth=0.5,
                                hazard_per_year=0.3, price_factor=1.5)],
    )
