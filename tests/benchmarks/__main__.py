"""Measure sections into ``tests/benchmarks/README.md``, or the smallest sizes (``--smoke``) onto the screen."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

from optimizer import bundled_cases
from tests.benchmarks import batches
from tests.benchmarks.engine import SECTIONS
from tests.benchmarks.measure import Measured, measured
from tests.benchmarks.page import page
from tests.benchmarks.sections import PAGE, written

TIME_LIMIT = 600.0
"""Seconds of search per run."""


@dataclass(frozen=True)
class Sizes:
    """What is run: ``cases`` as (name, paths, futures), None for the case's own size; and the ``case`` that grows."""

    cases: tuple[tuple[str, int | None, int | None], ...]
    case: str
    paths: tuple[int, ...]
    futures: tuple[int, ...]
    few_paths: int
    few_futures: int


def full(case: str) -> Sizes:
    """The bundled cases at their default sizes, and growth of one of them."""
    return Sizes(tuple((name, None, None) for name in bundled_cases()), case, (64, 256, 1024), (4, 10, 20), 64, 4)


SMOKE = Sizes((("mp-materials", 8, 2),), "mp-materials", (8, 16), (2, 3), 8, 2)


def bundled(smoke: bool) -> str:
    """The bundled cases by both methods, and growth of one of them."""
    sizes = SMOKE if smoke else full("mp-materials")

    def run(name: str, paths: int | None, futures: int | None) -> Measured:
        found = measured(name, paths, futures, TIME_LIMIT)
        print(f"{name} {found.paths} × {found.futures}: {found.total:.1f} s", file=sys.stderr)
        return found

    return page(
        [run(*case) for case in sizes.cases],
        [run(sizes.case, paths, sizes.few_futures) for paths in sizes.paths],
        [run(sizes.case, sizes.few_paths, futures) for futures in sizes.futures],
    )


ALL = {**SECTIONS, **batches.SECTIONS, "bundled": bundled}


def main() -> None:
    """Measure the sections asked for and write them into the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure and write the page.")
    parser.add_argument("section", nargs="*", metavar="SECTION", help=f"of {', '.join(ALL)}; all if none is named")
    parser.add_argument("--smoke", action="store_true", help="smallest sizes; the page is printed")
    given = parser.parse_args()
    unknown = set(given.section) - set(ALL)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(ALL)}")
    for name in given.section or list(ALL):
        began = time.perf_counter()
        found = {name: ALL[name](given.smoke)}
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        if given.smoke:
            print(found[name])
        else:
            before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
            PAGE.write_text(written(before, found, list(ALL)), encoding="utf-8")


if __name__ == "__main__":
    main()
