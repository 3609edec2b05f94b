"""The page as one file: sections put into the template, with styles, scripts and data inside, and nothing outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from optimizer.errors import SettingError
from optimizer.figures.drawing import template
from optimizer.report.html import evidence, money, plan, supply
from optimizer.report.html.analyses import analysis_section
from optimizer.report.html.blocks import Chart, Charts, Section, Switched, Table, section
from optimizer.report.html.columns import BY_UNIT
from optimizer.report.html.differences import differences
from optimizer.report.html.material import Material
from optimizer.report.html.place import require_new_report, write_page
from optimizer.results.reading import Provenance

if TYPE_CHECKING:
    from optimizer.comparison import Comparison
    from optimizer.results import Solution
    from optimizer.verification import Certificate


def report_html(
    solution: Solution,
    *,
    certificate: Certificate | None = None,
    provenance: Provenance | None = None,
    comparison: Comparison | None = None,
    analyses: Sequence[Any] = (),
) -> str:
    """The report of a run as one HTML page that asks for nothing from the network.

    ``certificate`` is the solution's own if none is given. ``comparison`` (of this run with others) and ``analyses``
    (``optimizer.analysis.Analysis``) add a section each. Equal arguments give equal pages, byte for byte. Raises
    SettingError if the solution does not hold its case.
    """
    if solution.case is None:
        raise SettingError(f"The solution of {solution.case_name} does not hold its case, so it cannot be reported.")
    page = Material(
        solution, certificate or solution.certificate, provenance or Provenance(), comparison, tuple(analyses)
    )
    return _rendered(page, _with_all_tables(page, tuple(_sections(page))))


def write_report(
    solution: Solution,
    path: str | Path,
    *,
    certificate: Certificate | None = None,
    provenance: Provenance | None = None,
    comparison: Comparison | None = None,
    analyses: Sequence[Any] = (),
) -> None:
    """Write the report of a run as one HTML file, which works offline. A file is never overwritten.

    ``solution`` as ``solve`` and ``read_run`` return it. ``certificate`` is that of ``verify_run`` (the solution's own,
    if none is given), ``comparison`` one of ``compare`` with other runs; each of ``analyses`` (answers, as ``frontier``
    returns one) has a section; ``provenance`` is where the run comes from. Raises OutputError naming the ``path``, and
    what ``report_html`` raises.
    """
    require_new_report(path)
    page = report_html(
        solution, certificate=certificate, provenance=provenance, comparison=comparison, analyses=analyses
    )
    write_page(path, page)


def _sections(page: Material) -> Iterator[Section]:
    yield plan.question(page)
    yield plan.plan(page)
    yield plan.terms(page)
    if page.comparison is not None:
        yield differences(page)
    yield supply.sourcing(page)
    yield supply.shares(page)
    yield money.prices(page)
    yield money.pots(page)
    yield supply.stocks(page)
    yield money.costs(page)
    yield evidence.binds(page)
    for position, analysis in enumerate(page.analyses, start=1):
        yield analysis_section(page, analysis, position)
    yield evidence.limits(page)
    yield evidence.certificate(page)
    yield evidence.sources(page)


def _with_all_tables(page: Material, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections, and one of the tables that numbers in sentences come from and that none of them shows."""
    blocks = [block for part in sections for block in part.blocks]
    shown = {block.sheet.name for block in blocks if isinstance(block, Table)}
    shown |= {chart.sheet.name for chart in charts_of(sections)}
    rest = [Table(sheet, folded=True) for name, sheet in page.sheets.by_name.items() if name not in shown]
    return (*sections, *([section("further", "Further tables", rest)] if rest else []))


def _rendered(page: Material, sections: Sequence[Section]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("optimizer.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    environment.filters["json_text"] = lambda value: json.dumps(value, ensure_ascii=False)
    plotly, behaviour = plotly_script(), _own("behaviour.js")
    run = page.solution.run
    return environment.get_template("page.html.j2").render(
        policy=_policy(plotly, behaviour),
        title=page.solution.title,
        case_name=page.solution.case_name,
        kicker=f"a plan over {run.get('paths')} price paths and {run.get('futures')} futures, seed {run.get('seed')}",
        style=Markup(_own("style.css")),
        sections=sections,
        parts=environment.get_template("parts.html.j2").module,
        tables=_data(page.sheets.data()),
        figures=_data(_figures(page, sections)),
        plotly=_packed(plotly),
        behaviour=Markup(behaviour),
    )


def _figures(page: Material, sections: Sequence[Section]) -> dict[str, Any]:
    """What the page's script reads besides the tables."""
    return {
        "prefix": f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', page.solution.case_name)}-",
        "units": {
            unit: {"decimals": how.decimals, "percent": how.percent, "plain": how.plain}
            for unit, how in BY_UNIT.items()
        },
        "light": template(dark=False).to_plotly_json(),
        "dark": template(dark=True).to_plotly_json(),
        "figures": {chart.name: _spec(chart) for chart in charts_of(sections)},
    }


def charts_of(sections: Sequence[Section]) -> Iterator[Chart]:
    """Every chart of some sections."""
    for part in sections:
        for block in part.blocks:
            if isinstance(block, Charts):
                yield from block.charts
            elif isinstance(block, Switched):
                yield from (chart for _, chart in block.choices)


def _spec(chart: Chart) -> dict[str, Any]:
    spec = chart.figure.to_plotly_json()
    layout = {key: value for key, value in spec["layout"].items() if key != "template"}
    return {"data": spec["data"], "layout": layout}


def breakable(text: str) -> Markup:
    """Text that may be broken behind the marks inside long names.

    >>> str(breakable("a_b<c>"))
    'a_<wbr>b&lt;c&gt;'
    """
    return Markup("<wbr>").join(re.split(r"(?<=[_./])(?=[^\s\d])", text))


def _data(content: Any) -> Markup:
    """Data as JSON that cannot end the element it stands in."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_listed)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _listed(value: Any) -> Any:
    if hasattr(value, "to_plotly_json"):
        return value.to_plotly_json()
    return value.tolist()


def _policy(*scripts: str) -> str:
    """Only the page's own scripts run, known by their fingerprints; nothing is fetched from anywhere."""
    seals = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{seal}'" for seal in seals)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _packed(script: str) -> str:
    return base64.b64encode(zlib.compress(script.encode(), 9)).decode()


@cache
def plotly_script() -> str:
    """Plotly's own script, as its package has it. The page holds it compressed: a third of the size."""
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_text("utf-8")


def _own(name: str) -> str:
    return (resources.files("optimizer.report.html") / "templates" / name).read_text("utf-8")
