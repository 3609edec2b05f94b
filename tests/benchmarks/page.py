"""The benchmark page: tables of what was measured, and the machine it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version

from tests.benchmarks.measure import STAGES, Measured

PACKAGES = ("pyomo", "highspy", "numpy", "scipy", "pandas")

TEXT = """# Benchmarks

Written by `python -m tests.benchmarks`; with `--smoke` it runs at the smallest sizes. Every line is one run in a
process of its own, to the gap the case asks for, with one thread. Seconds are wall-clock time.

{machine}

## The bundled cases at their default sizes

{cases}

draw: price paths and futures. compile: payoffs and present values. build: the Pyomo model and its matrix. search:
HiGHS. finish: the plan made exact, strikes and financing tidied. tables: results. The run without new awards, which
`solve` adds, is not counted.

## Growth with price paths: {growing}

Each ratio is to the smallest size of the table, measured in the same run. In `linear` stands what the ratio would be if
time grew with the number of paths or futures.

{paths}

## Growth with futures: {growing}

{futures}
"""


def page(cases: Sequence[Measured], by_paths: Sequence[Measured], by_futures: Sequence[Measured]) -> str:
    """The whole page as Markdown."""
    return TEXT.format(
        machine=machine(),
        cases=cases_table(cases),
        growing=by_paths[0].case,
        paths=growth_table(by_paths, "paths"),
        futures=growth_table(by_futures, "futures"),
    )


def machine() -> str:
    """Processor count, memory and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, {memory:.1f} GiB memory; Python "
        f"{platform.python_version()}, {versions}."
    )


def cases_table(runs: Sequence[Measured]) -> str:
    """One line per case."""
    head = ["case", "paths", "futures", "rows", "columns", "entries", *(f"{s} s" for s in STAGES), "total s", "gap",
            "peak MB"]  # fmt: skip
    return _table(
        head,
        [
            [
                run.case,
                str(run.paths),
                str(run.futures),
                *(f"{size:,}" for size in (run.rows, run.columns, run.entries)),
                *(f"{run.seconds[stage]:.1f}" for stage in STAGES),
                f"{run.total:.1f}",
                _gap(run),
                f"{run.peak_mb:,.0f}",
            ]
            for run in runs
        ],
    )


def growth_table(runs: Sequence[Measured], size: str) -> str:
    """One line per size: seconds, and ratios to the first line beside that of linear growth."""
    first = runs[0]
    base = int(getattr(first, size))
    ratios = ("draw", "compile", "build", "search")
    head = ["paths", "futures", "total s", "gap", "linear", *(f"{stage} ratio" for stage in ratios), "total ratio",
            "entries ratio", "memory ratio"]  # fmt: skip
    return _table(
        head,
        [
            [
                str(run.paths),
                str(run.futures),
                f"{run.total:.1f}",
                _gap(run),
                f"{int(getattr(run, size)) / base:.1f}",
                *(f"{run.seconds[stage] / first.seconds[stage]:.1f}" for stage in ratios),
                f"{run.total / first.total:.1f}",
                f"{run.entries / first.entries:.1f}",
                f"{run.peak_mb / first.peak_mb:.1f}",
            ]
            for run in runs
        ],
    )


def _gap(run: Measured) -> str:
    return f"{run.gap:.2%}" + ("" if run.termination == "gap_reached" else f" ({run.termination.replace('_', ' ')})")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows))
