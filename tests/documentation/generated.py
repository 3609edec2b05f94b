"""What stands in each generated region of the pages, by name; slow ones take a minute."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import openpyxl

from tests.documentation.commands import reference, short_table
from tests.documentation.excerpt import fenced, findings, rows, sections, without_times
from tests.documentation.pages import ROOT, blocks_of
from tests.documentation.worked import (
    figures_of_additionality,
    figures_of_all_forms,
    figures_of_the_plan,
    figures_of_the_stress,
    figures_of_the_strike,
    words,
)
from tests.documentation.workshop import Workshop

FORMS = {"floor": "price floor", "cfd": "two-way contract for difference", "collar": "collar", "purchase": "purchase"}
CONTINUED = "\\\n"
SMALLER_POT = "solve mp-materials --set programmes.dod_price_support.budget_musd=1000 --out smaller-pot --quiet"


def rendered(template: str, figures: dict[str, Any]) -> str:
    """A template of this folder with figures in it; a figure that is missing is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")), undefined=jinja2.StrictUndefined
    )
    environment.filters |= {
        "musd": lambda value: f"{value:,.1f}",
        "whole": lambda value: f"{value:,.0f}",
        "price": lambda value: f"{value:,.0f}" if value % 1 == 0 else f"{value:,.2f}",
        "cents": lambda value: f"{value:,.2f}",
        "signed": lambda value: f"{value:+,.2f}".replace("-", "−"),
        "times": lambda value: f"{value:,.1f}",
        "percent": lambda value, digits: f"{100.0 * value:.{digits}f} %",
        "words": words,
        "form": FORMS.__getitem__,
    }
    return environment.get_template(f"{template}.md.jinja").render(figures)


def _solved(workshop: Workshop) -> str:
    return workshop.printed("solve mp-materials --out plan --quiet")


def _tour(workshop: Workshop) -> str:
    shown = sections(
        _solved(workshop), "", "Plants and contracts", "Pots: size", "What the plan buys"
    )  # fmt: skip
    return rendered("tour", {**figures_of_the_plan(workshop), "excerpt": fenced(shown)})


def _shortage(workshop: Workshop) -> str:
    shown = fenced(sections(_solved(workshop), "Share of demand not met", "Share of allied supply from covered"))
    return rendered("shortage", {**figures_of_the_plan(workshop), "excerpt": shown})


def _differences(workshop: Workshop) -> str:
    _solved(workshop)
    workshop.printed(SMALLER_POT)
    printed = workshop.printed("compare plan smaller-pot --name as-it-is --name smaller-pot")
    return fenced(sections(printed, "  ", "Awards that differ"))


def _finding(workshop: Workshop) -> str:
    first, second = workshop.plan, workshop.run("smaller-pot", SMALLER_POT)
    ranges = [(run.bound_musd, run.objective_musd) for run in (first, second)]
    apart = max(second.bound_musd - first.objective_musd, first.bound_musd - second.objective_musd)
    return rendered("a-finding", {"ranges": ranges, "apart": apart})


def _fault(workshop: Workshop) -> str:
    place = workshop.folder / "faulty.xlsx"
    workshop.printed(f"convert mp-materials {place.name}")
    book = openpyxl.load_workbook(place)
    heads = [cell.value for cell in next(book["plants"].iter_rows(max_row=1))]
    book["plants"].cell(row=7, column=heads.index("capex_musd") + 1).value = "abc"
    book.save(place)
    printed = workshop.printed(f"check {place.name}", code=2)
    (line,) = [line for line in without_times(printed).splitlines() if "'abc'" in line]
    return fenced(line.strip())


def _impossible(workshop: Workshop) -> str:
    page = ROOT / "optimizer" / "explanation" / "README.md"
    command = next(block.text for block in blocks_of(page) if block.language == "bash")
    printed = workshop.printed(f"{command.replace(CONTINUED, ' ').removeprefix('optimizer ').strip()} --quiet")
    return fenced(sections(printed, "Conflict 1", "Smallest repairs found"))


def _statement(workshop: Workshop) -> str:
    printed = without_times(workshop.printed("settle dod-mp"))
    (table,) = [part for part in re.split(r"\n\s*\n", printed) if "2025-Q4" in part]
    return fenced(rows(table, "  2025-Q4", "  2026-Q1", heads=3))


def _found(line: str, *beginnings: str) -> Callable[[Workshop], str]:
    def made(workshop: Workshop) -> str:
        # A busy machine must not cut the answer short.
        printed = workshop.printed(f"{line} --quiet --time-limit 3600")
        return f"From `optimizer {line}`:\n\n" + fenced(findings(printed, *beginnings))

    return made


def _instruments(workshop: Workshop) -> str:
    line = "instruments mp-materials --plant mountain-pass-ndpr --strike 110"
    printed = without_times(workshop.printed(f"{line} --quiet"))
    table = sections(printed, "Least terms for")
    heads = next(at for at, line in enumerate(table.splitlines()) if line.startswith("──")) + 1
    shown = rows(
        table, "floor  ", "floor at", "two-way CfD  ", "purchase  ", "grant  ", "tariff (allies)", heads=heads
    )  # fmt: skip
    return f"From `optimizer {line}`:\n\n" + fenced(shown)


def _template(name: str, figures: Callable[[Workshop], dict[str, Any]]) -> Callable[[Workshop], str]:
    return lambda workshop: rendered(name, figures(workshop))


QUICK: dict[str, Callable[[Workshop], str]] = {
    "tour": _tour,
    "commands": lambda _: short_table(),
    "command reference": lambda _: reference(),
    "a fault in a workbook": _fault,
    "what differs": _differences,
    "a finding or not": _finding,
    "a settlement": _statement,
    "what it costs": _template("the-cost", figures_of_the_plan),
    "strikes": _template("the-strikes", figures_of_the_strike),
    "pots": _template("the-pots", figures_of_the_plan),
    "additional": _template("additional", figures_of_additionality),
    "shortage": _shortage,
    "weights": _template("weights", figures_of_the_plan),
    "grades": _template("grades", figures_of_the_plan),
}
FEW = "--paths 64 --futures 6"
SLOW: dict[str, Callable[[Workshop], str]] = {
    "needs and worth": _template("needs", figures_of_all_forms),
    "who pays": _instruments,
    "the next musd": _found("prices mp-materials"),
    "a frontier": _found(f"frontier mp-materials --x outlay --y cost --points 5 {FEW}", "From ", "Between "),
    "how else": _found(f"alternatives mp-materials --within 2% --different 1 {FEW}"),
    "least regret": _found(f"regret mp-materials {FEW}"),
    "what knowing is worth": _found(f"information mp-materials {FEW}"),
    "which figure decides": _found(
        f"sensitivity mp-materials --largest 2 --samples 16 --switches 1 --steps 3 {FEW}",
        "demand.",
        "disruptions.",
        "The number",
        "mountain-pass",
        "ten-x",
        "independence",
        "In ",
    ),
    "why there is no plan": _impossible,
    "fresh futures": _template("fresh", figures_of_the_stress),
}
EVERY = {**QUICK, **SLOW}
