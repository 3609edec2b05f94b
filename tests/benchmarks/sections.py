"""The page is made of sections; each can be measured on its own, and the others stay as they are."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).with_name("README.md")
PACKAGES = ("pyomo", "highspy", "numpy", "scipy", "pandas")
HEAD = """# Benchmarks

Written by `python -m tests.benchmarks SECTION ...` (all sections if none is named; `--smoke` runs every one at its
smallest size and prints it). Figures of a section come from one run on one machine, side by side, one thread for each
process; seconds are wall-clock time. Under each heading stands what it was measured on.
"""


def machine() -> str:
    """Processor count, memory and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, {memory:.1f} GiB memory; Python "
        f"{platform.python_version()}, {versions}."
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows))


def section(title: str, words: str, body: str) -> str:
    """One section as Markdown."""
    return f"## {title}\n\n{words}\n\n{machine()}\n\n{body}\n"


def written(page: str, found: dict[str, str], order: Sequence[str]) -> str:
    """The page with the sections found put in place of those of the same name; the rest is kept."""
    kept = dict(re.findall(r"<!-- (\w+) -->\n(.*?)<!-- end -->\n", page, flags=re.DOTALL))
    kept.update({name: f"\n{text}\n" for name, text in found.items()})
    parts = [f"<!-- {name} -->\n{kept[name]}<!-- end -->\n" for name in order if name in kept]
    return "\n".join([HEAD, *parts])
