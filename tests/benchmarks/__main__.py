"""Measure everything into ``tests/benchmarks/README.md``, or the smallest sizes (``--smoke``) onto the screen."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from optimizer import bundled_cases
from tests.benchmarks.measure import Measured, measured
from tests.benchmarks.page import page

PAGE = Path(__file__).with_name("README.md")


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


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Time every stage.")
    parser.add_argument("--smoke", action="store_true", help="smallest sizes; the page is printed")
    parser.add_argument(
        "--case", default="mp-materials", choices=list(bundled_cases()), help="case whose growth is shown"
    )
    parser.add_argument("--time-limit", type=float, default=600.0, help="seconds of search per run")
    given = parser.parse_args()
    sizes = SMOKE if given.smoke else full(given.case)

    def run(name: str, paths: int | None, futures: int | None) -> Measured:
        found = measured(name, paths, futures, given.time_limit)
        print(f"{name} {found.paths} × {found.futures}: {found.total:.1f} s", file=sys.stderr)
        return found

    text = page(
        [run(*case) for case in sizes.cases],
        [run(sizes.case, paths, sizes.few_futures) for paths in sizes.paths],
        [run(sizes.case, sizes.few_paths, futures) for futures in sizes.futures],
    )
    if given.smoke:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
