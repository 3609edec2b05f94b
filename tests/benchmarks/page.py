"""The section on the bundled cases, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.measure import STAGES, Measured
from tests.benchmarks.sections import section, table

WORDS = (
    "Every line is one run of the extensive form (all futures and paths in one model) in a process of its own, to the "
    "gap the case asks for, with one thread."
)

TEXT = """### The bundled cases at their default sizes

{cases}

draw: price paths and futures. compile: payoffs and present values. build: the Pyomo model and its matrix. search:
HiGHS. finish: the plan made exact, strikes and financing tidied. tables: results. The run without new awards, which
`solve` adds, is not counted. In `cuts s` the engine on the same instance, from model to plan (to be compared with build
+ search + finish).

### Growth with price paths: {growing}

Each ratio is to the smallest size of the table, measured in the same run. In `linear` stands what the ratio would be if
time grew with the number of paths or futures.

{paths}

### Growth with futures: {growing}

{futures}"""


def page(cases: Sequence[Measured], by_paths: Sequence[Measured], by_futures: Sequence[Measured]) -> str:
    """The whole page as Markdown."""
    body = TEXT.format(
        cases=cases_table(cases),
        growing=by_paths[0].case,
        paths=growth_table(by_paths, "paths"),
        futures=growth_table(by_futures, "futures"),
    )
    return section("Cuts and the extensive form on the bundled cases", WORDS, body)


def cases_table(runs: Sequence[Measured]) -> str:
    """One line per case."""
    head = ["case", "paths", "futures", "rows", "columns", "entries", *(f"{s} s" for s in STAGES), "total s", "gap",
            "peak MB", "cuts s", "gap", "ratio"]  # fmt: skip
    return table(
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
                f"{run.cuts_seconds:.1f}",
                f"{run.cuts_gap:.2%}",
                f"{(run.total - sum(run.seconds[s] for s in ('draw', 'compile', 'tables'))) / run.cuts_seconds:.1f}",
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
    return table(
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
